/** A user's active MFA factors as AdminGetUser names them (EMAIL_OTP, SMS_MFA, SOFTWARE_TOKEN_MFA), and the preferred one. */
export interface Factors {
  active: string[];
  preferred?: string | undefined;
}

const email = "EMAIL_OTP";

export const emailMfaIsOn = (factors: Factors): boolean => factors.active.includes(email);

export const isProtected = (factors: Factors): boolean => factors.active.length > 0;

/**
 * Whether Email MFA is to be the preferred factor once it is on again: what it was `before` it was switched off, without
 * taking the preference from another factor that has it `now`. A lone factor is always preferred.
 */
export const prefersEmail = (before: Factors, now: Factors): boolean => {
  if (now.preferred !== undefined && now.preferred !== email) return false;
  const others = now.active.filter((factor) => factor !== email);
  return others.length === 0 || before.preferred === email;
};
