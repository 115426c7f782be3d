/**
 * What nobody has proven about AWS, as switches: our service must survive either side. Change them at any time; the
 * next call goes by the new value.
 */
export interface Behaviour {
  /**
   * Does PostConfirmation_ConfirmForgotPassword fire for users whom an administrator created? The documentation says
   * "only for user who sign up" and yet lists ConfirmForgotPassword without exception.
   */
  postConfirmationForAdminCreatedUsers: boolean;
  /** Does PostAuthentication fire at all? Managed Login's table of triggers leaves it out: false plays that. */
  postAuthenticationAtSignIn: boolean;
  /** Does it fire for the sign-in that ends with NEW_PASSWORD_REQUIRED? */
  postAuthenticationAfterNewPassword: boolean;
  /** One page says a user with email MFA "active" cannot recover by email, another "preferred". */
  emailRecoveryBlockedBy: "active" | "preferred";
  /**
   * With PreventUserExistenceErrors: a known user without a usable recovery channel gets InvalidParameterException (as
   * people report), or is told that a code was sent (as one page says).
   */
  answerWithoutRecoveryChannel: "error" | "simulated";
  /** Is the new password kept when PostConfirmation_ConfirmForgotPassword fails? The name says "post". */
  passwordChangedWhenPostConfirmationFails: boolean;
  /** Does CustomMessage_Authentication fire for email MFA codes? The documentation names SMS only. */
  customMessageOnEmailMfa: boolean;
  /** What AdminGetUser and GetUser say of a preference that nobody has set: nothing, or an empty text. */
  noPreference: "absent" | "empty";
  /**
   * In a pool that requires MFA nobody can enable or disable a factor of a user, and the calls answer 200 all the same.
   * "listed": enabling puts the factor on the list, disabling takes none off, as was seen years ago. "unlisted": disabling
   * empties the list and enabling does not fill it, as was seen in 2026. Sign-ins ask for a code either way.
   */
  changesWhereMfaIsRequired: "listed" | "unlisted";
  /** Enabling a factor where the pool's MFA is off: refused, or answered 200 without effect. */
  enablingWhereMfaIsOff: "refused" | "ignored";
  /** ForgotPassword and ConfirmForgotPassword are each allowed "5-20" times per user and hour, by the risk AWS sees. */
  recoveryAttemptsPerHour: number;
  /** May the first page of a list be empty, and have a token for the next? AWS says that lists are searched piece by piece. */
  firstPageOfLists: "full" | "empty";
}

export const defaultBehaviour = (): Behaviour => ({
  postConfirmationForAdminCreatedUsers: true,
  postAuthenticationAtSignIn: true,
  postAuthenticationAfterNewPassword: true,
  emailRecoveryBlockedBy: "active",
  answerWithoutRecoveryChannel: "error",
  passwordChangedWhenPostConfirmationFails: true,
  customMessageOnEmailMfa: false,
  noPreference: "absent",
  changesWhereMfaIsRequired: "listed",
  enablingWhereMfaIsOff: "refused",
  recoveryAttemptsPerHour: 5,
  firstPageOfLists: "full",
});
