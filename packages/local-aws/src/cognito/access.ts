import * as v from "valibot";
import type { Operation } from "../service.ts";
import { countAttempt } from "./attempts.ts";
import type { CognitoContext } from "./cognito-context.ts";
import { notAuthorized, passwordResetRequired, userNotConfirmed, userNotFound } from "./errors.ts";
import { setPassword } from "./password-policy.ts";
import type { Pool } from "./pool.ts";
import { accessToken, password, request } from "./request.ts";
import { issuerOf, readAccessToken } from "./tokens.ts";
import { attributeList, describeFactors, requireEnabled, type User } from "./user.ts";

/** Returns the user of an access token. Throws when no local pool issued it, and when it has expired or was revoked. */
export const requireTokenHolder = (
  { pools, clock, region }: CognitoContext,
  token: string,
): { pool: Pool; user: User } => {
  const claims = readAccessToken(token);
  const pool = [...pools.values()].find((candidate) => issuerOf(region, candidate) === claims?.iss);
  if (claims === undefined || pool === undefined) throw notAuthorized("Invalid Access Token");
  if (clock.now().getTime() >= claims.exp * 1000) throw notAuthorized("Access Token has expired");
  const user = [...pool.users.values()].find((candidate) => candidate.sub === claims.sub);
  if (user === undefined) throw userNotFound();
  if (!user.signIns.has(claims.origin_jti)) throw notAuthorized("Access Token has been revoked");
  requireEnabled(user);
  if (user.status === "RESET_REQUIRED") throw passwordResetRequired();
  if (user.status === "UNCONFIRMED") throw userNotConfirmed();
  return { pool, user };
};

const CHANGES_PER_HOUR = 5;

/** The operations that take only an access token. */
export const accessOperations = (surroundings: CognitoContext): Record<string, Operation> => ({
  GetUser: request({ AccessToken: accessToken }, ({ AccessToken }) => {
    const { user } = requireTokenHolder(surroundings, AccessToken);
    return {
      Username: user.username,
      UserAttributes: attributeList(user),
      ...describeFactors(user, surroundings.behaviour),
    };
  }),
  ChangePassword: request(
    { AccessToken: accessToken, PreviousPassword: v.optional(password), ProposedPassword: password },
    ({ AccessToken, PreviousPassword, ProposedPassword }) => {
      const { pool, user } = requireTokenHolder(surroundings, AccessToken);
      const now = surroundings.clock.now();
      countAttempt(user.attempts.changePassword, now, CHANGES_PER_HOUR);
      if (PreviousPassword !== user.password) throw notAuthorized("Incorrect username or password.");
      setPassword(pool, user, ProposedPassword, now, false);
    },
  ),
});
