/**
 * A user's active MFA factors as AdminGetUser names them (EMAIL_OTP, SMS_MFA, SOFTWARE_TOKEN_MFA), and the preferred
 * one. AdminGetUser does not show an authenticator app that was set up in managed login and never by
 * (Admin)SetUserMFAPreference, so it is missing here too.
 */
export interface Factors {
  active: string[];
  preferred?: string | undefined;
}

const email = "EMAIL_OTP";
const sms = "SMS_MFA";
const authenticator = "SOFTWARE_TOKEN_MFA";

/**
 * Returns the factors in an answer of AdminGetUser. SMS that managed login or the pool itself set up is only in the
 * legacy `MFAOptions`, but sign-ins ask for it like for any other factor. An empty preference is none.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html
 */
export const readFactors = (answer: {
  UserMFASettingList?: string[] | undefined;
  PreferredMfaSetting?: string | undefined;
  MFAOptions?: { DeliveryMedium?: string | undefined }[] | undefined;
}): Factors => {
  const listed = answer.UserMFASettingList ?? [];
  const legacySms = answer.MFAOptions?.some(({ DeliveryMedium }) => DeliveryMedium === "SMS") ?? false;
  return {
    active: legacySms && !listed.includes(sms) ? [...listed, sms] : listed,
    preferred: answer.PreferredMfaSetting === "" ? undefined : answer.PreferredMfaSetting,
  };
};

export const emailMfaIsOn = (factors: Factors): boolean => factors.active.includes(email);

/**
 * Returns whether the user needs no window: an active factor exists that a sign-in asks for. `known`: whether Email MFA
 * was ever seen on. For a known user an authenticator app alone does not count: anybody with an access token can start
 * its set-up again (AssociateSoftwareToken), and then AdminGetUser still lists it and sign-ins no longer ask for it.
 * The window of such a user ends with Email MFA next to the app, and the app keeps its preference: see `prefersEmail`.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AssociateSoftwareToken.html
 */
export const isProtected = ({ active }: Factors, known: boolean): boolean =>
  active.some((factor) => factor !== authenticator || !known);

/**
 * Returns whether Email MFA becomes the preferred factor when it is on again: if it was preferred `before` it was
 * switched off, and no other factor is preferred `now`. A lone factor is always preferred.
 */
export const prefersEmail = (before: Factors, now: Factors): boolean => {
  if (now.preferred !== undefined && now.preferred !== email) return false;
  const others = now.active.filter((factor) => factor !== email);
  return others.length === 0 || before.preferred === email;
};
