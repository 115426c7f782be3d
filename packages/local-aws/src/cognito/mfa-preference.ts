import * as v from "valibot";
import type { Operation } from "../service.ts";
import { requireTokenHolder } from "./access.ts";
import type { Behaviour } from "./behaviour.ts";
import type { CognitoContext } from "./cognito-context.ts";
import { invalidParameter, passwordResetRequired, userNotConfirmed } from "./errors.ts";
import { type Factor, offersFactor } from "./pool-mfa.ts";
import { type Pool, requirePool } from "./pool.ts";
import { accessToken, poolId, request, username } from "./request.ts";
import { requireUser, type User } from "./user.ts";

const preference = v.optional(
  v.strictObject({ Enabled: v.optional(v.boolean()), PreferredMfa: v.optional(v.boolean()) }),
);
const preferences = {
  EmailMfaSettings: preference,
  SMSMfaSettings: preference,
  SoftwareTokenMfaSettings: preference,
};
/**
 * The legacy call supports SMS only:
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserSettings.html
 */
const legacyOptions = v.array(
  v.strictObject({ DeliveryMedium: v.literal("SMS"), AttributeName: v.literal("phone_number") }),
);
type Preference = v.InferOutput<typeof preference>;

/** Changes only the factors that the call names. Throws before it changes anything. */
const setPreferences = (
  { clock, behaviour }: CognitoContext,
  pool: Pool,
  user: User,
  wanted: Map<Factor, NonNullable<Preference>>,
): void => {
  if (user.status === "UNCONFIRMED") throw userNotConfirmed();
  if (user.status === "RESET_REQUIRED") throw passwordResetRequired();
  if (user.status === "EXTERNAL_PROVIDER") {
    throw invalidParameter("MFA preferences cannot be set for users of external identity providers.");
  }
  if ([...wanted.values()].filter((settings) => settings.PreferredMfa === true).length > 1) {
    throw invalidParameter("Only one MFA method can be preferred.");
  }
  if (pool.mfa.MfaConfiguration === "OFF" && behaviour.enablingWhereMfaIsOff === "ignored") return;
  for (const [factor, settings] of wanted) checkPreference(pool, user, factor, settings);
  for (const [factor, settings] of wanted) apply(pool, user, factor, settings, behaviour);
  user.modifiedAt = clock.now();
};

const checkPreference = (pool: Pool, user: User, factor: Factor, settings: NonNullable<Preference>): void => {
  if (factor === "SMS_MFA" && !user.attributes.has("phone_number")) {
    throw invalidParameter("User does not have a phone_number set to turn on SMS MFA");
  }
  if (settings.PreferredMfa === true && settings.Enabled === false) {
    throw invalidParameter(`${factor} cannot be preferred while it is not enabled.`);
  }
  if (settings.Enabled !== true) {
    if (settings.PreferredMfa === true && !user.activeFactors.has(factor)) {
      throw invalidParameter(`${factor} cannot be preferred while it is not enabled.`);
    }
    return;
  }
  if (!offersFactor(pool, factor)) throw invalidParameter(`${factor} is not enabled for the user pool.`);
  const ready = {
    EMAIL_OTP: user.attributes.has("email"),
    SMS_MFA: true,
    SOFTWARE_TOKEN_MFA: user.softwareToken?.verified === true,
  };
  if (!ready[factor]) throw invalidParameter(`User does not have delivery config set to turn on ${factor}`);
};

const apply = (
  pool: Pool,
  user: User,
  factor: Factor,
  { Enabled, PreferredMfa }: NonNullable<Preference>,
  { changesWhereMfaIsRequired }: Behaviour,
): void => {
  const withoutEffect = changesWhereMfaIsRequired === "unlisted";
  if (pool.mfa.MfaConfiguration === "ON" && Enabled === withoutEffect) return;
  if (factor === "SMS_MFA" && Enabled !== undefined) user.legacySms = false;
  if (Enabled === true) user.activeFactors.add(factor);
  if (Enabled === false) user.activeFactors.delete(factor);
  if (PreferredMfa === true) user.preferredFactor = factor;
  else if (user.preferredFactor === factor && (PreferredMfa === false || Enabled === false)) {
    user.preferredFactor = undefined;
  }
};

const namedFactors = (input: {
  EmailMfaSettings?: Preference;
  SMSMfaSettings?: Preference;
  SoftwareTokenMfaSettings?: Preference;
}): Map<Factor, NonNullable<Preference>> => {
  const given: [Factor, Preference][] = [
    ["SMS_MFA", input.SMSMfaSettings],
    ["SOFTWARE_TOKEN_MFA", input.SoftwareTokenMfaSettings],
    ["EMAIL_OTP", input.EmailMfaSettings],
  ];
  return new Map(given.flatMap(([factor, settings]) => (settings === undefined ? [] : [[factor, settings] as const])));
};

export const mfaPreferenceOperations = (surroundings: CognitoContext): Record<string, Operation> => ({
  AdminSetUserMFAPreference: request({ UserPoolId: poolId, Username: username, ...preferences }, (input) => {
    const pool = requirePool(surroundings.pools, input.UserPoolId);
    setPreferences(surroundings, pool, requireUser(pool, input.Username), namedFactors(input));
  }),
  SetUserMFAPreference: request({ AccessToken: accessToken, ...preferences }, (input) => {
    const { pool, user } = requireTokenHolder(surroundings, input.AccessToken);
    setPreferences(surroundings, pool, user, namedFactors(input));
  }),
  // Sets SMS as the hosted UI does, and as calls did before preferences existed.
  AdminSetUserSettings: request({ UserPoolId: poolId, Username: username, MFAOptions: legacyOptions }, (input) => {
    const user = requireUser(requirePool(surroundings.pools, input.UserPoolId), input.Username);
    const on = input.MFAOptions.length > 0;
    if (on && !user.attributes.has("phone_number")) {
      throw invalidParameter("User does not have a phone_number set to turn on SMS MFA");
    }
    user.legacySms = on;
    user.modifiedAt = surroundings.clock.now();
  }),
});
