import type { UpdateUserPoolRequest, UserPoolType } from "@aws-sdk/client-cognito-identity-provider";

/** Everything that UpdateUserPool can change. Settings missing from a request return to their defaults. */
type Updatable = Omit<UpdateUserPoolRequest, "UserPoolId">;

export type PoolSettings = Updatable & Record<keyof Updatable, unknown>;

/**
 * Converts a pool to the settings of UpdateUserPool. When the SDK adds a member to the request, this function no longer
 * compiles until it includes that member.
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
 * Cognito returns the lifetime of temporary passwords in an old and a new member, and refuses a request with both:
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUserConfigType.html
 */
const withoutOldValidity = ({
  AdminCreateUserConfig,
  Policies,
}: UserPoolType): UserPoolType["AdminCreateUserConfig"] =>
  AdminCreateUserConfig === undefined || Policies?.PasswordPolicy?.TemporaryPasswordValidityDays === undefined
    ? AdminCreateUserConfig
    : { ...AdminCreateUserConfig, UnusedAccountValidityDays: undefined };
