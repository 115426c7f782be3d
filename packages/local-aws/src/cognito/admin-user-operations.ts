import * as v from "valibot";
import type { Operation } from "../service.ts";
import type { CognitoContext } from "./cognito-context.ts";
import { notSupported } from "./errors.ts";
import { takeNames } from "./new-user.ts";
import { setPassword } from "./password-policy.ts";
import { type Pool, requirePool } from "./pool.ts";
import { attributes, type Attribute, epochSeconds, password, poolId, request, username } from "./request.ts";
import { checkAttributes } from "./schema-attributes.ts";
import { attributeList, describeFactors, fold, requireUser, type User } from "./user.ts";

const who = { UserPoolId: poolId, Username: username };

/**
 * Returns the attributes after a change. A changed address is unverified, unless the same call sets it to verified.
 */
const changeAttributes = (pool: Pool, user: User, given: Attribute[]): Map<string, string> => {
  checkAttributes(pool.schema, given);
  const changed = new Map(user.attributes);
  for (const attribute of ["email", "phone_number"] as const) {
    const change = given.find(({ Name }) => Name === attribute);
    if (change === undefined || change.Value === user.attributes.get(attribute)) continue;
    const saidVerified = given.some(({ Name, Value }) => Name === `${attribute}_verified` && Value === "true");
    if (!saidVerified && change.Value !== "" && pool.settings.AutoVerifiedAttributes.includes(attribute)) {
      throw notSupported(
        `verification messages for a changed ${attribute}: set ${attribute}_verified in the same call`,
      );
    }
    changed.set(`${attribute}_verified`, "false");
  }
  for (const { Name, Value } of given) {
    if (Value === "") changed.delete(Name);
    else changed.set(Name, Value);
  }
  return changed;
};

export const adminUserOperations = ({ pools, clock, behaviour }: CognitoContext): Record<string, Operation> => {
  const find = (input: { UserPoolId: string; Username: string }) => {
    const pool = requirePool(pools, input.UserPoolId);
    return { pool, user: requireUser(pool, input.Username) };
  };
  const switchEnabled = (enabled: boolean) =>
    request(who, (input) => {
      const { user } = find(input);
      Object.assign(user, { enabled, modifiedAt: clock.now() });
      if (!enabled) user.signIns.clear();
    });
  return {
    AdminGetUser: request(who, (input) => {
      const { user } = find(input);
      return {
        Username: user.username,
        UserAttributes: attributeList(user),
        UserCreateDate: epochSeconds(user.createdAt),
        UserLastModifiedDate: epochSeconds(user.modifiedAt),
        Enabled: user.enabled,
        UserStatus: user.status,
        ...describeFactors(user, behaviour),
      };
    }),
    AdminDeleteUser: request(who, (input) => {
      const { pool, user } = find(input);
      pool.users.delete(fold(pool, user.username));
    }),
    AdminDisableUser: switchEnabled(false),
    AdminEnableUser: switchEnabled(true),
    AdminUpdateUserAttributes: request({ ...who, UserAttributes: attributes }, (input) => {
      const { pool, user } = find(input);
      const changed = changeAttributes(pool, user, input.UserAttributes);
      takeNames(pool, user, changed, false);
      user.attributes = changed;
      user.modifiedAt = clock.now();
    }),
    // The API reference says that a federated user with a password becomes a user of the pool.
    AdminSetUserPassword: request(
      { ...who, Password: password, Permanent: v.optional(v.boolean(), false) },
      (input) => {
        const { pool, user } = find(input);
        setPassword(pool, user, input.Password, clock.now(), !input.Permanent);
      },
    ),
    AdminUserGlobalSignOut: request(who, (input) => {
      find(input).user.signIns.clear();
    }),
  };
};
