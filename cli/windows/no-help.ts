import type { NoHelp } from "../../shared/users/password-reset.ts";

const temporaryPassword =
  "set a temporary password (aws cognito-idp admin-set-user-password), which leaves Email MFA on";

/** Why an exemption would not help `user` to reset the password, in words, with the way out. */
export const noHelpWords = (because: NoHelp, user: string): { message: string; next: string } => {
  switch (because) {
    case "user-disabled":
      return {
        message: `${user} is disabled: Cognito lets a disabled user neither reset the password nor sign in.`,
        next: "Find out why, then enable the user (aws cognito-idp admin-enable-user) and repeat the command.",
      };
    case "password-not-chosen":
      return {
        message: `${user} has not chosen a password yet (FORCE_CHANGE_PASSWORD): “forgot password” is refused until then, with Email MFA or without.`,
        next: `The user signs in with the temporary password. If it is lost or has expired: ${temporaryPassword}.`,
      };
    case "user-unconfirmed":
      return {
        message: `${user} has not confirmed the sign-up (UNCONFIRMED), and cannot have Email MFA until then.`,
        next: "The user enters the code of the sign-up, or you confirm it (aws cognito-idp admin-confirm-sign-up).",
      };
    case "email-unverified":
      return {
        message: `The email address of ${user} is not verified, and Cognito sends codes for a reset to verified addresses only.`,
        next: `Make sure that the address is the user's own, then set email_verified (aws cognito-idp admin-update-user-attributes) and repeat the command. Or ${temporaryPassword}.`,
      };
    case "recovery-by-administrator":
      return {
        message:
          "The user pool leaves resets to administrators (account recovery: admin_only): “forgot password” is off.",
        next: `For this user: ${temporaryPassword}. For all: set account recovery to phone first, email second.`,
      };
    case "recovery-without-email":
      return {
        message:
          "The user pool sends codes for a reset by SMS only, and the user has no verified phone number for them.",
        next: `For this user: ${temporaryPassword}, or verify a phone number. For all: set account recovery to phone first, email second.`,
      };
    case "not-needed":
      return {
        message: `${user} gets the code for a reset by SMS: that works with Email MFA on, and an exemption changes nothing about it.`,
        next: `The user chooses “forgot password” now. If the phone is lost: ${temporaryPassword}.`,
      };
  }
};
