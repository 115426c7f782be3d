/** Whether the pool asks for a second factor: of nobody, of everybody, or of the users who have one active. */
export type PoolMfa = "OFF" | "ON" | "OPTIONAL";

/** The pool's own setting is why a user's Email MFA cannot be switched on, or cannot be proven. */
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
 * Throws PoolMfaError for a pool in which a listed EMAIL_OTP proves nothing. MFA that is off asks nobody for a code, and
 * leaves on the users what they had.
 */
export const requireProvingPool = (mfa: PoolMfa): void => {
  if (mfa === "OFF") throw new PoolMfaError("PoolMfaOff", off);
};

/** What Cognito may answer where the pool's setting is in the way. Which of them is nowhere documented. */
const refusals = new Set(["InvalidParameterException", "NotAuthorizedException", "OperationNotEnabledException"]);

/** Whether the pool's setting may be why Email MFA was not switched on; throttling and faults of Cognito are not. */
export const mayBeThePool = (failure: string): boolean => failure === unchanged || refusals.has(failure);

/** The name of the failure in which Cognito answers 200, and Email MFA is off all the same. */
export const unchanged = "Unchanged";

/**
 * What the pool's setting has to do with Email MFA that could not be switched on: undefined where nothing. In a pool that
 * requires MFA only a change without effect is explained by that; a refusal there has its reason in the user.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html
 */
export const poolFault = (mfa: PoolMfa, failure: string): PoolMfaError | undefined => {
  if (mfa === "OFF") return new PoolMfaError("PoolMfaOff", off);
  if (mfa === "ON" && failure === unchanged) return new PoolMfaError("PoolMfaRequired", required);
  return undefined;
};
