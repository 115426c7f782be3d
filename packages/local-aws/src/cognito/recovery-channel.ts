import type { Behaviour } from "./behaviour.ts";
import { notAuthorized } from "./errors.ts";
import type { Medium } from "./messages.ts";
import type { Factor } from "./pool-mfa.ts";
import type { Pool } from "./pool.ts";
import { hasFactor, isVerified, type User } from "./user.ts";

/** The order in pools without the setting, as it was before the setting existed. */
const LEGACY_ORDER = ["verified_phone_number", "verified_email"] as const;

/**
 * Returns how a reset code can reach the user, in the pool's order, or undefined when it cannot. An address or number
 * that is a second factor cannot be used for recovery:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html.
 */
export const recoveryChannel = (pool: Pool, user: User, behaviour: Behaviour): Medium | undefined => {
  const mechanisms = pool.settings.AccountRecoverySetting?.RecoveryMechanisms;
  const order =
    mechanisms === undefined
      ? LEGACY_ORDER
      : mechanisms.toSorted((one, other) => one.Priority - other.Priority).map(({ Name }) => Name);
  const isFactor = (factor: Factor) =>
    behaviour.emailRecoveryBlockedBy === "active" || factor === "SMS_MFA"
      ? hasFactor(user, factor)
      : user.preferredFactor === factor;
  for (const name of order) {
    if (name === "admin_only") throw notAuthorized("Contact administrator to reset password.");
    if (name === "verified_email" && isVerified(user, "email") && !isFactor("EMAIL_OTP")) return "EMAIL";
    if (name === "verified_phone_number" && isVerified(user, "phone_number") && !isFactor("SMS_MFA")) return "SMS";
  }
  return undefined;
};
