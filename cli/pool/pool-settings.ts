import type { UpdateUserPoolRequest, UserPoolType } from "@aws-sdk/client-cognito-identity-provider";

/** All that UpdateUserPool can change. What of it is left out of a request goes back to its default. */
type Updatable = Omit<UpdateUserPoolRequest, "UserPoolId">;

export type PoolSettings = Updatable & Record<keyof Updatable, unknown>;

/**
 * The settings of a pool as UpdateUserPool takes them. The compiler refuses this function when the SDK learns of a
 * member that it leaves out.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
 */
export const poolSettings = (pool: UserPoolType): PoolSettings => ({
  PoolName: pool.Name,
  Policies: pool.Policies,
  DeletionProtection: pool.DeletionProtection,
  LambdaConfig: pool.LambdaConfig,
  AutoVerifiedAttributes: pool.AutoVerifiedAttributes,
  SmsVerificationMessage: pool.SmsVerificationMessage,
  EmailVerificationMessage: pool.EmailVerificationMessage,
  EmailVerificationSubject: pool.EmailVerificationSubject,
  VerificationMessageTemplate: pool.VerificationMessageTemplate,
  SmsAuthenticationMessage: pool.SmsAuthenticationMessage,
  UserAttributeUpdateSettings: pool.UserAttributeUpdateSettings,
  MfaConfiguration: pool.MfaConfiguration,
  DeviceConfiguration: pool.DeviceConfiguration,
  EmailConfiguration: pool.EmailConfiguration,
  SmsConfiguration: pool.SmsConfiguration,
  UserPoolTags: pool.UserPoolTags,
  AdminCreateUserConfig: withoutOldValidity(pool),
  UserPoolAddOns: pool.UserPoolAddOns,
  DcrConfiguration: pool.DcrConfiguration,
  AccountRecoverySetting: pool.AccountRecoverySetting,
  UserPoolTier: pool.UserPoolTier,
  KeyConfiguration: pool.KeyConfiguration,
  IssuerConfiguration: pool.IssuerConfiguration,
  AcrConfiguration: pool.AcrConfiguration,
});

/**
 * Cognito answers with the life of a temporary password in its old place and in its new one, and refuses a request that
 * has both: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUserConfigType.html
 */
const withoutOldValidity = ({
  AdminCreateUserConfig,
  Policies,
}: UserPoolType): UserPoolType["AdminCreateUserConfig"] =>
  AdminCreateUserConfig === undefined || Policies?.PasswordPolicy?.TemporaryPasswordValidityDays === undefined
    ? AdminCreateUserConfig
    : { ...AdminCreateUserConfig, UnusedAccountValidityDays: undefined };
