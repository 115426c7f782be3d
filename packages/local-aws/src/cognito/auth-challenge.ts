import * as v from "valibot";
import type { Operation } from "../service.ts";
import { type AppClient, checkSecretHash } from "./app-client.ts";
import { countFailure, requireUnlocked } from "./attempts.ts";
import type { CognitoContext } from "./cognito-context.ts";
import { codeMismatch, invalidParameter, notAuthorized, notSupported } from "./errors.ts";
import { setPassword } from "./password-policy.ts";
import { type Factor, FACTORS } from "./pool-mfa.ts";
import { type Pool, requireClient, requirePoolClient } from "./pool.ts";
import { clientId, clientMetadata, type ClientMetadata, password, poolId, request, session } from "./request.ts";
import { checkAttributes, missingAttributes } from "./schema-attributes.ts";
import type { SignInSession } from "./sign-in-sessions.ts";
import { askChosenFactor, askSecondFactor, completeSignIn, proveAddress, type SignIn } from "./sign-in.ts";
import { isTotpCode } from "./software-token.ts";
import { findUser, requireEnabled } from "./user.ts";

const CODE_NAMES: Record<Factor, string> = {
  EMAIL_OTP: "EMAIL_OTP_CODE",
  SMS_MFA: "SMS_MFA_CODE",
  SOFTWARE_TOKEN_MFA: "SOFTWARE_TOKEN_MFA_CODE",
};

interface Answer {
  pool: Pool;
  client: AppClient;
  challenge: SignInSession["challenge"];
  sessionId: string | undefined;
  responses: Record<string, string>;
  clientMetadata: ClientMetadata;
}

const respond = async (surroundings: CognitoContext, answer: Answer) => {
  const { pool, client, challenge, sessionId, responses } = answer;
  const { USERNAME } = responses;
  if (USERNAME === undefined) throw invalidParameter("Missing required parameter USERNAME");
  checkSecretHash(client, USERNAME, responses["SECRET_HASH"]);
  const session = surroundings.sessions.require(sessionId, client.id, challenge);
  const user = findUser(pool, USERNAME);
  if (user === undefined || user.sub !== session.sub) throw notAuthorized("Invalid session for the user.");
  requireEnabled(user);
  const signIn: SignIn = {
    pool,
    client,
    user,
    afterNewPassword: session.afterNewPassword,
    clientMetadata: answer.clientMetadata,
  };
  if (challenge === "NEW_PASSWORD_REQUIRED") return takeNewPassword(surroundings, signIn, answer);
  if (challenge === "SELECT_MFA_TYPE") {
    checkNames(responses, (name) => name === "ANSWER");
    const next = await askChosenFactor(surroundings, signIn, responses["ANSWER"]);
    surroundings.sessions.use(sessionId);
    return next;
  }
  if (challenge === "MFA_SETUP") throw notSupported("the answer to MFA_SETUP");
  return takeCode(surroundings, signIn, answer, challenge, session.code);
};

const checkNames = (responses: Record<string, string>, isKnown: (name: string) => boolean): void => {
  const unknown = Object.keys(responses).find(
    (name) => name !== "USERNAME" && name !== "SECRET_HASH" && !isKnown(name),
  );
  if (unknown !== undefined) throw notSupported(`the challenge response ${unknown}`);
};

const ATTRIBUTE_PREFIX = "userAttributes.";

const takeNewPassword = async (surroundings: CognitoContext, signIn: SignIn, { responses, sessionId }: Answer) => {
  const { pool, user } = signIn;
  checkNames(responses, (name) => name === "NEW_PASSWORD" || name.startsWith(ATTRIBUTE_PREFIX));
  const newPassword = v.safeParse(password, responses["NEW_PASSWORD"]);
  if (!newPassword.success) throw invalidParameter("Invalid new password given.");
  if (user.status !== "FORCE_CHANGE_PASSWORD") throw notAuthorized("Invalid session for the user.");
  const attributes = Object.entries(responses)
    .filter(([name]) => name.startsWith(ATTRIBUTE_PREFIX))
    .map(([name, Value]) => ({ Name: name.slice(ATTRIBUTE_PREFIX.length), Value }));
  checkAttributes(pool.schema, attributes);
  if (attributes.some(({ Name }) => Name.endsWith("_verified"))) {
    throw notAuthorized("Cannot modify an attribute that only an administrator may set.");
  }
  const given = new Set(attributes.map(({ Name }) => Name));
  const missing = missingAttributes(pool.schema, (name) => user.attributes.has(name) || given.has(name));
  if (missing.length > 0) throw invalidParameter(`Invalid attributes given, ${missing.join(", ")} is missing`);
  if (attributes.some(({ Name }) => user.attributes.has(Name))) {
    throw notAuthorized("Cannot modify an already provided attribute.");
  }
  setPassword(pool, user, newPassword.output, surroundings.clock.now(), false);
  for (const { Name, Value } of attributes) user.attributes.set(Name, Value);
  surroundings.sessions.use(sessionId);
  return askSecondFactor(surroundings, signIn);
};

const takeCode = async (
  surroundings: CognitoContext,
  signIn: SignIn,
  { responses, sessionId }: Answer,
  factor: Factor,
  sent: string | undefined,
) => {
  const { user } = signIn;
  const now = surroundings.clock.now();
  const code = responses[CODE_NAMES[factor]];
  checkNames(responses, (name) => name === CODE_NAMES[factor]);
  if (code === undefined) throw invalidParameter(`Missing required parameter ${CODE_NAMES[factor]}`);
  requireUnlocked(user, now);
  const secret = user.softwareToken?.secret;
  const right = factor === "SOFTWARE_TOKEN_MFA" ? secret !== undefined && isTotpCode(secret, code, now) : code === sent;
  if (!right) {
    countFailure(user, now);
    if (user.lock.until !== undefined) surroundings.sessions.use(sessionId);
    throw codeMismatch("Invalid code or auth state for the user.");
  }
  surroundings.sessions.use(sessionId);
  if (factor !== "SOFTWARE_TOKEN_MFA") proveAddress(user, factor === "EMAIL_OTP" ? "EMAIL" : "SMS");
  return completeSignIn(surroundings, signIn);
};

export const authChallengeOperations = (surroundings: CognitoContext): Record<string, Operation> => {
  const entries = {
    ClientId: clientId,
    ChallengeName: v.picklist(["NEW_PASSWORD_REQUIRED", "SELECT_MFA_TYPE", "MFA_SETUP", ...FACTORS]),
    Session: v.optional(session),
    ChallengeResponses: v.optional(v.record(v.string(), v.string()), {}),
    ClientMetadata: clientMetadata,
  };
  const answerOf = (input: v.InferOutput<v.StrictObjectSchema<typeof entries, undefined>>) => ({
    challenge: input.ChallengeName,
    sessionId: input.Session,
    responses: input.ChallengeResponses,
    clientMetadata: input.ClientMetadata,
  });
  return {
    RespondToAuthChallenge: request(entries, (input) =>
      respond(surroundings, { ...requireClient(surroundings.pools, input.ClientId), ...answerOf(input) }),
    ),
    AdminRespondToAuthChallenge: request({ ...entries, UserPoolId: poolId }, (input) =>
      respond(surroundings, {
        ...requirePoolClient(surroundings.pools, input.UserPoolId, input.ClientId),
        ...answerOf(input),
      }),
    ),
  };
};
