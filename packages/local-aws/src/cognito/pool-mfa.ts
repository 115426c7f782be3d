import * as v from "valibot";
import type { Operation } from "../service.ts";
import type { CognitoContext } from "./cognito-context.ts";
import { featureUnavailable, invalidParameter } from "./errors.ts";
import { type MfaConfiguration, smsConfiguration } from "./pool-settings.ts";
import { type Pool, requirePool } from "./pool.ts";
import { poolId, request, text } from "./request.ts";

const emailMfa = v.strictObject({
  Message: v.optional(text(6, 20000, /\{####\}/)),
  Subject: v.optional(text(1, 140, /^[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+$/u)),
});
const smsMfa = v.strictObject({
  SmsAuthenticationMessage: v.optional(text(6, 140, /\{####\}/)),
  SmsConfiguration: v.optional(smsConfiguration),
});

export const FACTORS = ["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"] as const;
export type Factor = (typeof FACTORS)[number];

export interface PoolMfa {
  MfaConfiguration: MfaConfiguration;
  EmailMfaConfiguration?: v.InferOutput<typeof emailMfa> | undefined;
  SmsMfaConfiguration?: v.InferOutput<typeof smsMfa> | undefined;
  SoftwareTokenMfaConfiguration?: { Enabled: boolean } | undefined;
}

/** Whether the pool offers this second factor to its users. */
export const offersFactor = (pool: Pool, factor: Factor): boolean => {
  if (pool.mfa.MfaConfiguration === "OFF") return false;
  if (factor === "EMAIL_OTP") return pool.mfa.EmailMfaConfiguration !== undefined;
  if (factor === "SMS_MFA") return pool.mfa.SmsMfaConfiguration !== undefined;
  return pool.mfa.SoftwareTokenMfaConfiguration?.Enabled === true;
};

/**
 * Throws when the pool has email MFA without what that needs: a plan, an SES sender and another recovery option.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html.
 */
export const checkMfaRequirements = ({ mfa, tier, settings }: Pick<Pool, "mfa" | "tier" | "settings">): void => {
  if (mfa.MfaConfiguration === "OFF") return;
  const recovery = settings.AccountRecoverySetting?.RecoveryMechanisms ?? [];
  const recoversOnlyBy = (name: string) => recovery.length > 0 && recovery.every((option) => option.Name === name);
  const conflict = (name: string, factor: string) =>
    invalidParameter(
      `Invalid account recovery setting parameter. Account Recovery Setting cannot use ${name} as a recovery mechanism when ${factor} MFA is configured.`,
    );
  if (mfa.EmailMfaConfiguration !== undefined) {
    if (tier === "LITE") throw featureUnavailable("Email MFA is not available in the LITE feature plan.");
    if (settings.EmailConfiguration.EmailSendingAccount !== "DEVELOPER") {
      throw invalidParameter(
        "Cannot set EmailMfaConfiguration when user pool EmailConfiguration contains an EmailSendingAccount of COGNITO_DEFAULT",
      );
    }
    if (recoversOnlyBy("verified_email")) throw conflict("verified_email", "Email");
  }
  if (mfa.SmsMfaConfiguration !== undefined && recoversOnlyBy("verified_phone_number")) {
    throw conflict("verified_phone_number", "SMS");
  }
};

const describeMfa = ({ mfa }: Pool) => ({
  MfaConfiguration: mfa.MfaConfiguration,
  EmailMfaConfiguration: mfa.EmailMfaConfiguration,
  SmsMfaConfiguration: mfa.SmsMfaConfiguration,
  SoftwareTokenMfaConfiguration: mfa.SoftwareTokenMfaConfiguration,
});

export const poolMfaOperations = ({ pools, clock }: CognitoContext): Record<string, Operation> => ({
  // Replaces everything: what the call leaves out is off afterwards, including MfaConfiguration.
  SetUserPoolMfaConfig: request(
    {
      UserPoolId: poolId,
      MfaConfiguration: v.optional(v.picklist(["OFF", "ON", "OPTIONAL"]), "OFF"),
      EmailMfaConfiguration: v.optional(emailMfa),
      SmsMfaConfiguration: v.optional(smsMfa),
      SoftwareTokenMfaConfiguration: v.optional(v.strictObject({ Enabled: v.optional(v.boolean(), false) })),
    },
    ({ UserPoolId, ...given }) => {
      const pool = requirePool(pools, UserPoolId);
      const sms = given.SmsMfaConfiguration?.SmsConfiguration ?? pool.settings.SmsConfiguration;
      const mfa = {
        ...given,
        SmsMfaConfiguration: given.SmsMfaConfiguration && { ...given.SmsMfaConfiguration, SmsConfiguration: sms },
      };
      const someFactor =
        mfa.EmailMfaConfiguration !== undefined ||
        mfa.SmsMfaConfiguration !== undefined ||
        mfa.SoftwareTokenMfaConfiguration?.Enabled === true;
      if (mfa.MfaConfiguration === "OFF" && someFactor) {
        throw invalidParameter("Invalid MFA configuration given, can't turn off MFA and configure an MFA together.");
      }
      if (mfa.MfaConfiguration !== "OFF" && !someFactor) {
        throw invalidParameter(
          "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.",
        );
      }
      if (mfa.SmsMfaConfiguration !== undefined && sms === undefined) {
        throw invalidParameter("SMS configuration is required to configure SMS MFA.");
      }
      const settings = { ...pool.settings, SmsConfiguration: sms };
      checkMfaRequirements({ mfa, tier: pool.tier, settings });
      Object.assign(pool, { mfa, settings, modifiedAt: clock.now() });
      return describeMfa(pool);
    },
  ),
  GetUserPoolMfaConfig: request({ UserPoolId: poolId }, ({ UserPoolId }) =>
    describeMfa(requirePool(pools, UserPoolId)),
  ),
});
