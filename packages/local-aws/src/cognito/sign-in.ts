import type { AppClient } from "./app-client.ts";
import { clearFailures } from "./attempts.ts";
import type { CognitoContext } from "./cognito-context.ts";
import { attributeFor, maskedDelivery } from "./delivery.ts";
import { invalidParameter } from "./errors.ts";
import { type Medium, sendMessage } from "./messages.ts";
import { type Factor, FACTORS, offersFactor } from "./pool-mfa.ts";
import type { Pool } from "./pool.ts";
import { randomDigits } from "./randomness.ts";
import type { ClientMetadata } from "./request.ts";
import { missingAttributes } from "./schema-attributes.ts";
import type { SignInSession } from "./sign-in-sessions.ts";
import { issueTokens } from "./tokens.ts";
import { triggerAttributes } from "./triggers.ts";
import { attributesOf, hasFactor, requireStillThere, type User } from "./user.ts";

/** A sign-in in progress. The user has answered every question so far. */
export interface SignIn {
  pool: Pool;
  client: AppClient;
  user: User;
  /** The sign-in began with a temporary password. */
  afterNewPassword: boolean;
  clientMetadata: ClientMetadata;
}

const challenge = (
  surroundings: CognitoContext,
  { client, user, afterNewPassword }: SignIn,
  name: SignInSession["challenge"],
  parameters: Record<string, string>,
  code?: string,
) => ({
  ChallengeName: name,
  Session: surroundings.sessions.open(
    { clientId: client.id, sub: user.sub, challenge: name, code, afterNewPassword },
    client.settings.AuthSessionValidity,
  ),
  ChallengeParameters: parameters,
});

export const askNewPassword = (surroundings: CognitoContext, signIn: SignIn) => {
  const { pool, user } = signIn;
  const missing = missingAttributes(pool.schema, (name) => user.attributes.has(name));
  return challenge(surroundings, { ...signIn, afterNewPassword: true }, "NEW_PASSWORD_REQUIRED", {
    USER_ID_FOR_SRP: user.username,
    requiredAttributes: JSON.stringify(missing.map((name) => `userAttributes.${name}`)),
    userAttributes: JSON.stringify({ ...attributesOf(user), sub: undefined }),
  });
};

/** Returns the next challenge after a correct password, or the tokens when there is none. */
export const askSecondFactor = async (surroundings: CognitoContext, signIn: SignIn) => {
  const { pool, user } = signIn;
  const usable = usableFactors(pool, user);
  const [only] = usable;
  if (only === undefined) {
    if (pool.mfa.MfaConfiguration !== "ON") return completeSignIn(surroundings, signIn);
    return challenge(surroundings, signIn, "MFA_SETUP", { MFAS_CAN_SETUP: JSON.stringify(["SOFTWARE_TOKEN_MFA"]) });
  }
  const preferred = usable.find((factor) => factor === user.preferredFactor);
  if (preferred !== undefined || usable.length === 1) return askFactor(surroundings, signIn, preferred ?? only);
  return challenge(surroundings, signIn, "SELECT_MFA_TYPE", { MFAS_CAN_CHOOSE: JSON.stringify(usable) });
};

/**
 * Returns the factors that a sign-in can ask for. In a pool that requires MFA, every address that can receive a code
 * counts, even if its factor is off.
 */
export const usableFactors = (pool: Pool, user: User): Factor[] => {
  const required = pool.mfa.MfaConfiguration === "ON";
  const reachable = {
    EMAIL_OTP: user.attributes.has("email"),
    SMS_MFA: user.attributes.has("phone_number"),
    SOFTWARE_TOKEN_MFA: user.softwareToken?.verified === true,
  };
  return FACTORS.filter(
    (factor) => offersFactor(pool, factor) && reachable[factor] && (required || hasFactor(user, factor)),
  );
};

const askFactor = async (surroundings: CognitoContext, signIn: SignIn, factor: Factor) => {
  const { pool, client, user } = signIn;
  if (factor === "SOFTWARE_TOKEN_MFA") return challenge(surroundings, signIn, factor, {});
  const medium: Medium = factor === "EMAIL_OTP" ? "EMAIL" : "SMS";
  const custom = medium === "SMS" || surroundings.behaviour.customMessageOnEmailMfa;
  const code = randomDigits(surroundings.random, factor === "EMAIL_OTP" ? 8 : 6);
  const { EmailMfaConfiguration, SmsMfaConfiguration } = pool.mfa;
  await sendMessage(surroundings, {
    pool,
    user,
    medium,
    source: custom ? "CustomMessage_Authentication" : undefined,
    clientId: client.id,
    clientMetadata: signIn.clientMetadata,
    code,
    text: {
      emailSubject: EmailMfaConfiguration?.Subject ?? "Your authentication code",
      emailMessage: EmailMfaConfiguration?.Message ?? "Your authentication code is {####}.",
      smsMessage:
        SmsMfaConfiguration?.SmsAuthenticationMessage ??
        pool.settings.SmsAuthenticationMessage ??
        "Your authentication code is {####}.",
    },
  });
  const { Destination, DeliveryMedium } = maskedDelivery(user, medium);
  const sent = { CODE_DELIVERY_DELIVERY_MEDIUM: DeliveryMedium, CODE_DELIVERY_DESTINATION: Destination };
  return challenge(surroundings, signIn, factor, sent, code);
};

export const askChosenFactor = async (surroundings: CognitoContext, signIn: SignIn, answer: string | undefined) => {
  const factor = usableFactors(signIn.pool, signIn.user).find((candidate) => candidate === answer);
  if (factor === undefined) throw invalidParameter("Invalid MFA type selected.");
  return askFactor(surroundings, signIn, factor);
};

/** Verifies the address that the code went to. */
export const proveAddress = (user: User, medium: Medium): void => {
  user.attributes.set(`${attributeFor(medium)}_verified`, "true");
};

export const completeSignIn = async (surroundings: CognitoContext, signIn: SignIn) => {
  const { pool, client, user, afterNewPassword, clientMetadata } = signIn;
  const { postAuthenticationAtSignIn, postAuthenticationAfterNewPassword } = surroundings.behaviour;
  clearFailures(user);
  if (postAuthenticationAtSignIn && (!afterNewPassword || postAuthenticationAfterNewPassword)) {
    await surroundings.fire({
      source: "PostAuthentication_Authentication",
      pool,
      userName: user.username,
      clientId: client.id,
      request: {
        userAttributes: triggerAttributes(user),
        newDeviceUsed: false,
        ...(clientMetadata !== undefined && { clientMetadata }),
      },
    });
    requireStillThere(pool, user);
  }
  return { AuthenticationResult: issueTokens(surroundings, pool, client, user), ChallengeParameters: {} };
};
