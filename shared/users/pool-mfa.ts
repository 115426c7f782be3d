/** Whether the pool asks for a second factor: never, always, or for users with an active one. */
export type PoolMfa = "OFF" | "ON" | "OPTIONAL";

/** The pool's own setting prevents Email MFA from being switched on, or from being proven. */
export class PoolMfaError extends Error {
  override name: "PoolMfaOff" | "PoolMfaRequired";

  constructor(name: "PoolMfaOff" | "PoolMfaRequired", message: string) {
    super(message);
    this.name = name;
  }
}

const off = "MFA is off in the user pool: no sign-in asks for a code, whatever Cognito lists for the user.";
const required = "The user pool requires MFA: Cognito lets nobody switch a user's factors, and may list none of them.";

/**
 * Throws PoolMfaError for a pool in which a listed EMAIL_OTP proves nothing: while MFA is off, sign-ins ask for no
 * code, and users keep the factors that they had.
 */
export const requireProvingPool = (mfa: PoolMfa): void => {
  if (mfa === "OFF") throw new PoolMfaError("PoolMfaOff", off);
};

/** Errors with which Cognito may refuse because of the pool's setting. AWS does not document which it uses. */
const refusals = new Set(["InvalidParameterException", "NotAuthorizedException", "OperationNotEnabledException"]);

/**
 * Returns whether the pool's setting may be why Email MFA was not switched on. Throttling and faults of Cognito are
 * not.
 */
export const mayBeThePool = (failure: string): boolean => failure === unchanged || refusals.has(failure);

/** The name of the failure when Cognito answers 200, but Email MFA is off. */
export const unchanged = "Unchanged";

/**
 * Returns how the pool's setting explains that Email MFA could not be switched on, or undefined if it does not. In a
 * pool that requires MFA, it explains only a change without effect; the reason for a refusal there is the user.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html
 */
export const poolFault = (mfa: PoolMfa, failure: string): PoolMfaError | undefined => {
  if (mfa === "OFF") return new PoolMfaError("PoolMfaOff", off);
  if (mfa === "ON" && failure === unchanged) return new PoolMfaError("PoolMfaRequired", required);
  return undefined;
};
