import * as v from "valibot";
import type { Operation } from "../service.ts";
import { type AppClient, checkSecretHash } from "./app-client.ts";
import { countFailure, requireUnlocked } from "./attempts.ts";
import type { CognitoContext } from "./cognito-context.ts";
import {
  incorrectUsernameOrPassword,
  invalidParameter,
  notAuthorized,
  notSupported,
  passwordResetRequired,
  userNotConfirmed,
  userNotFound,
} from "./errors.ts";
import { type Pool, requireClient, requirePoolClient } from "./pool.ts";
import { clientId, clientMetadata, type ClientMetadata, poolId, request } from "./request.ts";
import { askNewPassword, askSecondFactor } from "./sign-in.ts";
import { refreshTokens } from "./tokens.ts";
import { triggerAttributes } from "./triggers.ts";
import { findUser, requireEnabled, requireStillThere, type User } from "./user.ts";

interface Attempt {
  pool: Pool;
  client: AppClient;
  parameters: Record<string, string>;
  clientMetadata: ClientMetadata;
}

const refreshFlow = v.picklist(["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"]);
const common = {
  ClientId: clientId,
  AuthParameters: v.optional(v.record(v.string(), v.string()), {}),
  ClientMetadata: clientMetadata,
};

const requireFlow = (client: AppClient, flow: string): void => {
  const allowed: string[] = client.settings.ExplicitAuthFlows;
  if (!allowed.includes(`ALLOW_${flow}`)) {
    const subject = flow === "USER_PASSWORD_AUTH" ? flow : "Auth";
    throw invalidParameter(`${subject} flow not enabled for this client`);
  }
};

/** Throws for a missing parameter and for an unknown one. */
const readParameters = (given: Record<string, string>, required: string[], optional: string[]): void => {
  for (const name of required) {
    if (given[name] === undefined || given[name] === "") throw invalidParameter(`Missing required parameter ${name}`);
  }
  for (const name of Object.keys(given)) {
    if (!required.includes(name) && !optional.includes(name))
      throw notSupported(`the authentication parameter ${name}`);
  }
};

const signInWithPassword = async (surroundings: CognitoContext, attempt: Attempt) => {
  const { pool, client, parameters } = attempt;
  readParameters(parameters, ["USERNAME", "PASSWORD"], ["SECRET_HASH"]);
  const { USERNAME = "", PASSWORD } = parameters;
  checkSecretHash(client, USERNAME, parameters["SECRET_HASH"]);
  const hidesUsers = client.settings.PreventUserExistenceErrors === "ENABLED";
  const user = findUser(pool, USERNAME);
  if (user === undefined && !hidesUsers) throw userNotFound();
  await preAuthenticate(surroundings, attempt, USERNAME, user);
  if (user === undefined) throw incorrectUsernameOrPassword();
  requireStillThere(pool, user);
  if (!user.enabled && hidesUsers) throw incorrectUsernameOrPassword();
  requireEnabled(user);
  const now = surroundings.clock.now();
  requireUnlocked(user, now);
  if (user.status === "RESET_REQUIRED") throw passwordResetRequired();
  if (user.password === undefined || user.password !== PASSWORD) {
    countFailure(user, now);
    throw incorrectUsernameOrPassword();
  }
  if (user.status === "UNCONFIRMED") throw userNotConfirmed();
  const signIn = { pool, client, user, afterNewPassword: false, clientMetadata: undefined };
  if (user.status !== "FORCE_CHANGE_PASSWORD") return askSecondFactor(surroundings, signIn);
  if (user.temporaryPasswordExpiresAt !== undefined && now >= user.temporaryPasswordExpiresAt) {
    throw notAuthorized("Temporary password has expired and must be reset by an administrator.");
  }
  return askNewPassword(surroundings, signIn);
};

/** Fires PreAuthentication. It gets the client metadata of the sign-in, as validation data; later triggers do not. */
const preAuthenticate = async (
  { fire }: CognitoContext,
  { pool, client, clientMetadata }: Attempt,
  name: string,
  user: User | undefined,
): Promise<void> => {
  await fire({
    source: "PreAuthentication_Authentication",
    pool,
    userName: user?.username ?? name,
    clientId: client.id,
    request: {
      userAttributes: user === undefined ? {} : triggerAttributes(user),
      validationData: clientMetadata ?? null,
      ...(client.settings.PreventUserExistenceErrors === "ENABLED" && { userNotFound: user === undefined }),
    },
  });
};

const refresh = (surroundings: CognitoContext, { pool, client, parameters }: Attempt) => {
  readParameters(parameters, ["REFRESH_TOKEN"], ["SECRET_HASH"]);
  for (const user of pool.users.values()) {
    for (const [id, signIn] of user.signIns) {
      if (signIn.refreshToken !== parameters["REFRESH_TOKEN"] || signIn.clientId !== client.id) continue;
      checkSecretHash(client, user.username, parameters["SECRET_HASH"]);
      if (surroundings.clock.now() >= signIn.expiresAt) throw notAuthorized("Refresh Token has expired");
      requireEnabled(user);
      return {
        AuthenticationResult: refreshTokens(surroundings, pool, client, user, id, signIn.authenticatedAt),
        ChallengeParameters: {},
      };
    }
  }
  throw notAuthorized("Refresh Token has been revoked");
};

export const initiateAuthOperations = (surroundings: CognitoContext): Record<string, Operation> => {
  const initiate = (flow: string, attempt: Attempt) => {
    if (flow === "REFRESH_TOKEN_AUTH" || flow === "REFRESH_TOKEN") {
      requireFlow(attempt.client, "REFRESH_TOKEN_AUTH");
      return refresh(surroundings, attempt);
    }
    requireFlow(attempt.client, flow);
    return signInWithPassword(surroundings, attempt);
  };
  return {
    InitiateAuth: request({ ...common, AuthFlow: v.union([v.literal("USER_PASSWORD_AUTH"), refreshFlow]) }, (input) =>
      initiate(input.AuthFlow, {
        ...requireClient(surroundings.pools, input.ClientId),
        parameters: input.AuthParameters,
        clientMetadata: input.ClientMetadata,
      }),
    ),
    AdminInitiateAuth: request(
      { ...common, UserPoolId: poolId, AuthFlow: v.union([v.literal("ADMIN_USER_PASSWORD_AUTH"), refreshFlow]) },
      (input) =>
        initiate(input.AuthFlow, {
          ...requirePoolClient(surroundings.pools, input.UserPoolId, input.ClientId),
          parameters: input.AuthParameters,
          clientMetadata: input.ClientMetadata,
        }),
    ),
  };
};
