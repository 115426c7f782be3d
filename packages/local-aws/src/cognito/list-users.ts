import * as v from "valibot";
import type { Operation } from "../service.ts";
import type { CognitoContext } from "./cognito-context.ts";
import { invalidParameter } from "./errors.ts";
import { pageOf } from "./paging.ts";
import { requirePool } from "./pool.ts";
import { attributeName, integer, pageToken, poolId, request } from "./request.ts";
import { describeUser, type User } from "./user.ts";

type Matches = (user: User) => boolean;

const SEARCHABLE = ["email", "phone_number", "name", "given_name", "family_name", "preferred_username"];

/**
 * Parses `attribute = "value"` or `attribute ^= "value"` (starts with). A backslash escapes quotes in the value:
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html.
 */
const parseFilter = (filter: string): Matches => {
  const parts = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/s.exec(filter);
  const [, attribute, operator, quoted] = parts ?? [];
  if (attribute === undefined || quoted === undefined) throw invalidParameter("Error while parsing filter.");
  const wanted = quoted.replaceAll(/\\(.)/gs, "$1");
  const compare = (value: string | undefined, expected: string) =>
    value !== undefined && (operator === "=" ? value === expected : value.startsWith(expected));
  const ignoringCase = (value: string | undefined) => compare(value?.toLowerCase(), wanted.toLowerCase());
  if (attribute === "username") return (user) => compare(user.username, wanted);
  if (attribute === "sub") return (user) => compare(user.sub, wanted);
  if (attribute === "status") return (user) => compare(user.enabled ? "Enabled" : "Disabled", wanted);
  if (attribute === "cognito:user_status") return (user) => ignoringCase(user.status);
  if (SEARCHABLE.includes(attribute)) return (user) => ignoringCase(user.attributes.get(attribute));
  throw invalidParameter(`Cannot search users by the attribute ${attribute}.`);
};

export const listUsersOperations = ({ pools, behaviour }: CognitoContext): Record<string, Operation> => ({
  ListUsers: request(
    {
      UserPoolId: poolId,
      AttributesToGet: v.optional(v.array(attributeName)),
      Filter: v.optional(v.pipe(v.string(), v.maxLength(256))),
      Limit: v.optional(integer(0, 60), 60),
      PaginationToken: v.optional(pageToken),
    },
    ({ UserPoolId, AttributesToGet, Filter, Limit, PaginationToken }) => {
      const users = [...requirePool(pools, UserPoolId).users.values()];
      const found = Filter === undefined || Filter === "" ? users : users.filter(parseFilter(Filter));
      const { items, next } = pageOf(found, Limit || 60, PaginationToken, behaviour.firstPageOfLists);
      return { Users: items.map((user) => describeUser(user, AttributesToGet)), PaginationToken: next };
    },
  ),
});
