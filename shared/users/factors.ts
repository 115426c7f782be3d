/**
 * A user's active MFA factors as AdminGetUser names them (EMAIL_OTP, SMS_MFA, SOFTWARE_TOKEN_MFA), and the preferred one.
 * What AdminGetUser does not show is not here either: an authenticator app that was set up in managed login, and never by
 * (Admin)SetUserMFAPreference.
 */
export interface Factors {
  active: string[];
  preferred?: string | undefined;
}

const email = "EMAIL_OTP";
const sms = "SMS_MFA";
const authenticator = "SOFTWARE_TOKEN_MFA";

/**
 * The factors in an answer of AdminGetUser. SMS that managed login or the pool itself set up stands in the legacy
 * `MFAOptions` alone, and is asked for at sign-in like any other factor. An empty preference is none.
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
 * Whether the user needs no window: some factor is active that a sign-in asks for. `known` is whether Email MFA was ever
 * seen on. For a known user a lone authenticator app does not count: whoever holds an access token can start its set-up
 * again (AssociateSoftwareToken), after which AdminGetUser still lists it and sign-ins no longer ask for it. The window of
 * such a user ends with Email MFA beside the app, and the app keeps the preference that it has: see `prefersEmail`.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AssociateSoftwareToken.html
 */
export const isProtected = ({ active }: Factors, known: boolean): boolean =>
  active.some((factor) => factor !== authenticator || !known);

/**
 * Whether Email MFA is to be the preferred factor once it is on again: what it was `before` it was switched off, without
 * taking the preference from another factor that has it `now`. A lone factor is always preferred.
 */
export const prefersEmail = (before: Factors, now: Factors): boolean => {
  if (now.preferred !== undefined && now.preferred !== email) return false;
  const others = now.active.filter((factor) => factor !== email);
  return others.length === 0 || before.preferred === email;
};
