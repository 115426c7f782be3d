import type { NoHelp } from "../../shared/users/password-reset.ts";

const temporaryPassword =
  "set a temporary password (aws cognito-idp admin-set-user-password), which leaves Email MFA on";

/** Explains why an exemption would not help `user` to reset the password, and what to do instead. */
export const noHelpWords = (because: NoHelp, user: string): { message: string; next: string } => {
  switch (because) {
    case "user-disabled":
      return {
        message: `${user} is disabled. A disabled user can neither reset the password nor sign in.`,
        next: "Find out why. Then enable the user (aws cognito-idp admin-enable-user) and repeat the command.",
      };
    case "password-not-chosen":
      return {
        message: `${user} has not chosen a password yet (FORCE_CHANGE_PASSWORD). Until then Cognito refuses “forgot password”, with or without Email MFA.`,
        next: `Have the user sign in with the temporary password. If it is lost or has expired, ${temporaryPassword}.`,
      };
    case "user-unconfirmed":
      return {
        message: `${user} has not confirmed the sign-up (UNCONFIRMED) and cannot have Email MFA until then.`,
        next: "Have the user enter the sign-up code, or confirm the sign-up yourself (aws cognito-idp admin-confirm-sign-up).",
      };
    case "email-unverified":
      return {
        message: `The email address of ${user} is not verified. Cognito sends reset codes only to verified addresses.`,
        next: `Make sure that the address belongs to the user, then set email_verified (aws cognito-idp admin-update-user-attributes) and repeat the command. Or ${temporaryPassword}.`,
      };
    case "recovery-by-administrator":
      return {
        message:
          "Only administrators can reset passwords in this user pool (account recovery: admin_only). “Forgot password” is off.",
        next: `For this user, ${temporaryPassword}. For all users, set account recovery to phone first, email second.`,
      };
    case "recovery-without-email":
      return {
        message: "The user pool sends reset codes only by SMS, and the user has no verified phone number for them.",
        next: `For this user, ${temporaryPassword}, or verify a phone number. For all users, set account recovery to phone first, email second.`,
      };
    case "not-needed":
      return {
        message: `${user} gets the reset code by SMS. That works while Email MFA is on, and an exemption would not change it.`,
        next: `Have the user choose “forgot password” now. If the phone is lost, ${temporaryPassword}.`,
      };
  }
};
