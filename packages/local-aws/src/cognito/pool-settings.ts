import * as v from "valibot";
import { arn, integer, text } from "./request.ts";

const withCode = (min: number, max: number) => text(min, max, /\{####\}/);
const subject = text(1, 140, /^[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+$/u);
const emailOrPhone = v.array(v.picklist(["phone_number", "email"]));

const passwordPolicy = v.strictObject({
  MinimumLength: v.optional(integer(6, 99), 8),
  RequireUppercase: v.optional(v.boolean(), false),
  RequireLowercase: v.optional(v.boolean(), false),
  RequireNumbers: v.optional(v.boolean(), false),
  RequireSymbols: v.optional(v.boolean(), false),
  PasswordHistorySize: v.optional(integer(0, 24)),
  TemporaryPasswordValidityDays: v.optional(integer(0, 365), 7),
});
export type PasswordPolicy = v.InferOutput<typeof passwordPolicy>;

const DEFAULT_PASSWORD_POLICY: PasswordPolicy = {
  MinimumLength: 8,
  RequireUppercase: true,
  RequireLowercase: true,
  RequireNumbers: true,
  RequireSymbols: true,
  TemporaryPasswordValidityDays: 7,
};

export const smsConfiguration = v.strictObject({
  SnsCallerArn: arn,
  ExternalId: v.optional(v.string()),
  SnsRegion: v.optional(text(5, 32, /./)),
});

/** The triggers that the local stack fires, by function ARN. */
const lambdaConfig = v.strictObject({
  PreSignUp: v.optional(arn),
  CustomMessage: v.optional(arn),
  PostConfirmation: v.optional(arn),
  PreAuthentication: v.optional(arn),
  PostAuthentication: v.optional(arn),
});
export type TriggerName = keyof v.InferOutput<typeof lambdaConfig>;

/**
 * The members that CreateUserPool and UpdateUserPool share. UpdateUserPool resets a member that is left out to its
 * default here: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html.
 */
export const settingsEntries = {
  Policies: v.optional(
    v.strictObject({
      PasswordPolicy: v.optional(passwordPolicy, DEFAULT_PASSWORD_POLICY),
      SignInPolicy: v.optional(
        v.strictObject({ AllowedFirstAuthFactors: v.pipe(v.array(v.picklist(["PASSWORD"])), v.length(1)) }),
        { AllowedFirstAuthFactors: ["PASSWORD" as const] },
      ),
    }),
    {},
  ),
  DeletionProtection: v.optional(v.picklist(["ACTIVE", "INACTIVE"]), "INACTIVE"),
  LambdaConfig: v.optional(lambdaConfig, {}),
  AutoVerifiedAttributes: v.optional(emailOrPhone, []),
  SmsVerificationMessage: v.optional(withCode(6, 140)),
  EmailVerificationMessage: v.optional(withCode(6, 20000)),
  EmailVerificationSubject: v.optional(subject),
  VerificationMessageTemplate: v.optional(
    v.strictObject({
      SmsMessage: v.optional(withCode(6, 140)),
      EmailMessage: v.optional(withCode(6, 20000)),
      EmailSubject: v.optional(subject),
      DefaultEmailOption: v.optional(v.picklist(["CONFIRM_WITH_CODE"]), "CONFIRM_WITH_CODE"),
    }),
    {},
  ),
  SmsAuthenticationMessage: v.optional(withCode(6, 140)),
  MfaConfiguration: v.optional(v.picklist(["OFF", "ON", "OPTIONAL"]), "OFF"),
  UserAttributeUpdateSettings: v.optional(
    v.strictObject({ AttributesRequireVerificationBeforeUpdate: v.optional(emailOrPhone) }),
  ),
  EmailConfiguration: v.optional(
    v.strictObject({
      SourceArn: v.optional(arn),
      ReplyToEmailAddress: v.optional(text(1, 131072, /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+@[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u)),
      EmailSendingAccount: v.optional(v.picklist(["COGNITO_DEFAULT", "DEVELOPER"]), "COGNITO_DEFAULT"),
      From: v.optional(v.pipe(v.string(), v.maxLength(131072))),
      ConfigurationSet: v.optional(text(1, 64, /^[a-zA-Z0-9_-]+$/)),
    }),
    {},
  ),
  SmsConfiguration: v.optional(smsConfiguration),
  UserPoolTags: v.optional(
    v.record(v.pipe(v.string(), v.minLength(1), v.maxLength(128)), v.pipe(v.string(), v.maxLength(256))),
    {},
  ),
  AdminCreateUserConfig: v.optional(
    v.strictObject({
      AllowAdminCreateUserOnly: v.optional(v.boolean(), false),
      InviteMessageTemplate: v.optional(
        v.strictObject({
          SMSMessage: v.optional(text(6, 140, /[^]*/)),
          EmailMessage: v.optional(text(6, 20000, /^[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*$/u)),
          EmailSubject: v.optional(subject),
        }),
      ),
      // DescribeUserPool returns it. A request with both this and its replacement, TemporaryPasswordValidityDays, is
      // refused.
      UnusedAccountValidityDays: v.optional(integer(0, 365)),
    }),
    {},
  ),
  UserPoolAddOns: v.optional(v.strictObject({ AdvancedSecurityMode: v.picklist(["OFF"]) })),
  AccountRecoverySetting: v.optional(
    v.strictObject({
      RecoveryMechanisms: v.pipe(
        v.array(
          v.strictObject({
            Priority: integer(1, 2),
            Name: v.picklist(["verified_email", "verified_phone_number", "admin_only"]),
          }),
        ),
        v.minLength(1),
        v.maxLength(2),
      ),
    }),
  ),
  UserPoolTier: v.optional(v.picklist(["LITE", "ESSENTIALS", "PLUS"])),
};

export type PoolSettings = Omit<
  v.InferOutput<v.StrictObjectSchema<typeof settingsEntries, undefined>>,
  "MfaConfiguration" | "UserPoolTier"
>;
export type MfaConfiguration = v.InferOutput<typeof settingsEntries.MfaConfiguration>;
export type Tier = "LITE" | "ESSENTIALS" | "PLUS";
