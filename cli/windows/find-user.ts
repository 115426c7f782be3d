import {
  AdminGetUserCommand,
  type AttributeType,
  type CognitoIdentityProviderClient,
  ListUsersCommand,
  type ListUsersCommandOutput,
  UserNotFoundException,
} from "@aws-sdk/client-cognito-identity-provider";
import type { UserKey } from "../../shared/users/user-key.ts";
import { Failure } from "../failure.ts";
import type { Connection } from "../stack/connection.ts";
import { plain } from "../terminal/output.ts";
import { userFilter } from "./user-filter.ts";

/** A user as an operator finds them. `gone`: Cognito has no such user any more, and only the table remembers them. */
export interface FoundUser extends UserKey {
  username: string;
  status: string;
  /** As much of the address as tells two users apart. */
  email?: string | undefined;
  gone: boolean;
}

/**
 * The one user that a username, an email address or a sub means. Throws a Failure: `user-ambiguous` with the candidates,
 * or `user-unknown`.
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
  // Cognito sets no bounds to a sub, but the table's key does.
  if (!text.includes("#")) {
    const { open } = await windows.find(key);
    const remembered = open ?? (await reports.history(key))[0];
    if (remembered !== undefined) return { ...key, username: remembered.username, status: "DELETED", gone: true };
  }
  throw new Failure(
    "user-unknown",
    `There is no user ${text} in the pool ${userPoolId}.`,
    "Look at the spelling: USER is a username, an email address or a sub. A deleted user is known by the sub alone.",
  );
};

const search = async (cognito: CognitoIdentityProviderClient, pool: string, text: string): Promise<FoundUser[]> => {
  const named = await byName(cognito, pool, text);
  if (named[0]?.sub === text) return named;
  // People choose their usernames, and one could be another user's sub; nobody chooses a sub.
  const same = text.includes("@") ? [] : await byAttribute(cognito, pool, "sub", text);
  if (same.length > 0) return same;
  const listed = text.includes("@") ? await byAttribute(cognito, pool, "email", text) : [];
  return [...new Map([...named, ...listed].map((user) => [user.sub, user])).values()];
};

/** By username, or whatever else the pool takes for one: an alias, a sub. */
const byName = async (cognito: CognitoIdentityProviderClient, pool: string, text: string): Promise<FoundUser[]> => {
  try {
    const user = await cognito.send(new AdminGetUserCommand({ UserPoolId: pool, Username: text }));
    return [found(pool, user.Username, user.UserStatus, user.UserAttributes)];
  } catch (error) {
    if (error instanceof UserNotFoundException) return [];
    throw error;
  }
};

/** Enough to choose from. */
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
    // Cognito looks through the pool piece by piece: a page can be empty, and the user on a later one.
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
    [`${text} means more than one user:`, ...lines].join("\n"),
    "Repeat the command with the sub of the one you mean.",
    { candidates: candidates.map(({ sub, status, email }) => ({ sub, status, email })) },
  );
};
