import {
  AdminGetUserCommand,
  type AttributeType,
  type CognitoIdentityProviderClient,
  ListUsersCommand,
  type ListUsersCommandOutput,
  UserNotFoundException,
} from "@aws-sdk/client-cognito-identity-provider";
import type { UserKey } from "../../shared/users/user-key.ts";
import { Failure } from "../exit/failure.ts";
import type { Connection } from "../stack/connection.ts";
import { plain } from "../terminal/output.ts";
import { userFilter } from "./user-filter.ts";

/** The user that an operator named. `gone`: the user no longer exists in Cognito, only in the table. */
export interface FoundUser extends UserKey {
  username: string;
  status: string;
  /** The masked address, enough to distinguish two users. */
  email?: string | undefined;
  gone: boolean;
}

/**
 * Finds the one user with this username, email address or sub. Throws a Failure: `user-ambiguous` with the candidates, or
 * `user-unknown`.
 */
export const findUser = async (
  { cognito, outputs, windows, reports }: Pick<Connection, "cognito" | "outputs" | "windows" | "reports">,
  text: string,
): Promise<FoundUser> => {
  const userPoolId = outputs.UserPoolId;
  const candidates = await search(cognito, userPoolId, text);
  const [user, another] = candidates;
  if (another !== undefined) throw ambiguous(text, candidates);
  if (user !== undefined) return user;
  const key = { userPoolId, sub: text };
  // The table's key does not allow "#" in a sub.
  if (!text.includes("#")) {
    const { open } = await windows.find(key);
    const remembered = open ?? (await reports.history(key))[0];
    if (remembered !== undefined) return { ...key, username: remembered.username, status: "DELETED", gone: true };
  }
  throw new Failure(
    "user-unknown",
    `The pool ${userPoolId} has no user ${text}.`,
    "Check the spelling: USER is a username, an email address or a sub. A deleted user can only be found by the sub.",
  );
};

const search = async (cognito: CognitoIdentityProviderClient, pool: string, text: string): Promise<FoundUser[]> => {
  const named = await byName(cognito, pool, text);
  if (named[0]?.sub === text) return named;
  // Users choose their usernames, and a username can equal another user's sub. Cognito assigns the subs.
  const same = text.includes("@") ? [] : await byAttribute(cognito, pool, "sub", text);
  if (same.length > 0) return same;
  const listed = text.includes("@") ? await byAttribute(cognito, pool, "email", text) : [];
  return [...new Map([...named, ...listed].map((user) => [user.sub, user])).values()];
};

/** Finds a user by username, or by an alias or a sub that the pool accepts as one. */
const byName = async (cognito: CognitoIdentityProviderClient, pool: string, text: string): Promise<FoundUser[]> => {
  try {
    const user = await cognito.send(new AdminGetUserCommand({ UserPoolId: pool, Username: text }));
    return [found(pool, user.Username, user.UserStatus, user.UserAttributes)];
  } catch (error) {
    if (error instanceof UserNotFoundException) return [];
    throw error;
  }
};

const mostCandidates = 10;

const byAttribute = async (
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
  attribute: "email" | "sub",
  value: string,
): Promise<FoundUser[]> => {
  const Filter = userFilter(attribute, value);
  if (Filter === undefined) return [];
  const users: FoundUser[] = [];
  let PaginationToken: string | undefined;
  do {
    // Cognito searches the pool in parts: a page can be empty although a later one has the user.
    const page: ListUsersCommandOutput = await cognito.send(
      new ListUsersCommand({ UserPoolId, Filter, Limit: 60, PaginationToken }),
    );
    users.push(...(page.Users ?? []).map((user) => found(UserPoolId, user.Username, user.UserStatus, user.Attributes)));
    PaginationToken = page.PaginationToken;
  } while (PaginationToken !== undefined && users.length < mostCandidates);
  return users.slice(0, mostCandidates);
};

const found = (
  userPoolId: string,
  username = "",
  status = "UNKNOWN",
  attributes: AttributeType[] | undefined,
): FoundUser => {
  const valueOf = (name: string) => attributes?.find(({ Name }) => Name === name)?.Value;
  return { userPoolId, sub: valueOf("sub") ?? "", username, status, email: masked(valueOf("email")), gone: false };
};

/** `h***@example.com`. */
const masked = (email: string | undefined): string | undefined => email && plain(email.replace(/^(.).*@/su, "$1***@"));

const ambiguous = (text: string, candidates: FoundUser[]): Failure => {
  const lines = candidates.map(({ sub, status, email }) => `  ${sub}  ${status}  ${email ?? "no email"}`);
  return new Failure(
    "user-ambiguous",
    [`${text} matches more than one user:`, ...lines].join("\n"),
    "Repeat the command with the sub of the right user.",
    { candidates: candidates.map(({ sub, status, email }) => ({ sub, status, email })) },
  );
};
