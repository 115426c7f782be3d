/**
 * Switches for what is unproven about AWS. The service under test must work with each value. A switch can change at any
 * time and takes effect with the next call.
 */
export interface Behaviour {
  /**
   * Does PostConfirmation_ConfirmForgotPassword fire for users whom an administrator created? The documentation says
   * "only for user who sign up", but lists ConfirmForgotPassword without exception.
   */
  postConfirmationForAdminCreatedUsers: boolean;
  /** Does PostAuthentication fire at all? Managed Login's table of triggers does not list it; `false` plays that. */
  postAuthenticationAtSignIn: boolean;
  /** Does PostAuthentication fire for a sign-in that ends with NEW_PASSWORD_REQUIRED? */
  postAuthenticationAfterNewPassword: boolean;
  /** One page says a user with email MFA "active" cannot recover by email, another "preferred". */
  emailRecoveryBlockedBy: "active" | "preferred";
  /**
   * The answer to a known user without a usable recovery channel, with PreventUserExistenceErrors:
   * InvalidParameterException (as people report), or that a code was sent (as one page says).
   */
  answerWithoutRecoveryChannel: "error" | "simulated";
  /** Is the new password kept when PostConfirmation_ConfirmForgotPassword fails? The name says "post". */
  passwordChangedWhenPostConfirmationFails: boolean;
  /** Does CustomMessage_Authentication fire for email MFA codes? The documentation names SMS only. */
  customMessageOnEmailMfa: boolean;
  /** How AdminGetUser and GetUser show a preference that was never set: not at all, or as an empty string. */
  noPreference: "absent" | "empty";
  /**
   * In a pool that requires MFA, no call can enable or disable a user's factors, but the calls still return 200.
   * "listed", as seen years ago: enabling adds the factor to the list, disabling removes none. "unlisted", as seen in
   * 2026: disabling empties the list, enabling does not fill it. Sign-ins ask for a code in both cases.
   */
  changesWhereMfaIsRequired: "listed" | "unlisted";
  /** Enabling a factor while the pool's MFA is off: refused, or a 200 without effect. */
  enablingWhereMfaIsOff: "refused" | "ignored";
  /** AWS allows "5-20" calls of ForgotPassword and of ConfirmForgotPassword per user and hour, depending on risk. */
  recoveryAttemptsPerHour: number;
  /**
   * Can the first page of a list be empty and still have a token for the next? AWS says that it searches lists in
   * parts.
   */
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
