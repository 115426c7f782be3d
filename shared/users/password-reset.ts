import type { AccountRecoverySettingType } from "@aws-sdk/client-cognito-identity-provider";
import { emailMfaIsOn } from "./factors.ts";
import type { DirectoryUser } from "./user-directory.ts";

export type RecoveryWay = "admin_only" | "verified_email" | "verified_phone_number";

/**
 * Returns the ways of a pool's AccountRecoverySetting, the preferred one first. A pool without the setting tries the
 * phone first, then email:
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AccountRecoverySettingType.html
 */
export const recoveryWays = (setting?: AccountRecoverySettingType): RecoveryWay[] => {
  const mechanisms = setting?.RecoveryMechanisms ?? [];
  if (mechanisms.length === 0) return ["verified_phone_number", "verified_email"];
  return mechanisms
    .toSorted((one, other) => (one.Priority ?? 0) - (other.Priority ?? 0))
    .flatMap(({ Name }) => Name ?? []);
};

/** Why an exemption from Email MFA would not help the user to reset the password with "forgot password". */
export type NoHelp =
  | "user-disabled"
  | "password-not-chosen"
  | "user-unconfirmed"
  | "recovery-by-administrator"
  | "recovery-without-email"
  | "email-unverified"
  /** Cognito sends the code to the phone, whether Email MFA is on or off. */
  | "not-needed";

/**
 * Returns why an exemption from Email MFA would not help this user of a pool with these recovery ways. Returns
 * undefined if it would help, or if Email MFA is off already and the user can reset the password as it is.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
 */
export const noHelpTo = (
  { enabled, status, verified, factors }: Pick<DirectoryUser, "enabled" | "status" | "verified" | "factors">,
  ways: RecoveryWay[],
): NoHelp | undefined => {
  if (!enabled) return "user-disabled";
  // Cognito refuses ForgotPassword: https://repost.aws/knowledge-center/cognito-forgot-password
  if (status === "FORCE_CHANGE_PASSWORD") return "password-not-chosen";
  // AdminSetUserMFAPreference refuses too: UserNotConfirmedException is among its errors.
  if (status === "UNCONFIRMED") return "user-unconfirmed";
  if (ways.includes("admin_only")) return "recovery-by-administrator";
  const usable = ways.find((way) =>
    way === "verified_email"
      ? verified.email
      : // Codes for sign-in and for recovery do not go to the same number.
        verified.phoneNumber && !factors.active.includes("SMS_MFA"),
  );
  if (usable === "verified_email") return undefined;
  if (usable !== undefined) return emailMfaIsOn(factors) ? "not-needed" : undefined;
  return ways.includes("verified_email") ? "email-unverified" : "recovery-without-email";
};
