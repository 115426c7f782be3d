import type { Behaviour } from "./behaviour.ts";
import { notAuthorized, userNotFound } from "./errors.ts";
import type { OneTimeCode } from "./one-time-code.ts";
import type { Factor } from "./pool-mfa.ts";
import type { Pool } from "./pool.ts";
import { epochSeconds } from "./request.ts";
import type { SoftwareToken } from "./software-token.ts";

type UserStatus = "UNCONFIRMED" | "CONFIRMED" | "RESET_REQUIRED" | "FORCE_CHANGE_PASSWORD" | "EXTERNAL_PROVIDER";

export interface User {
  readonly username: string;
  readonly sub: string;
  readonly createdBy: "administrator" | "sign-up" | "identity-provider";
  readonly createdAt: Date;
  modifiedAt: Date;
  status: UserStatus;
  enabled: boolean;
  /** Without `sub`. */
  attributes: Map<string, string>;
  password: string | undefined;
  /** Newest first, including the current one. As many as the pool's policy has ever required. */
  passwordHistory: string[];
  temporaryPasswordExpiresAt: Date | undefined;
  readonly activeFactors: Set<Factor>;
  preferredFactor: Factor | undefined;
  /**
   * SMS as a second factor without a preference: only `MFAOptions` shows it. (Admin)SetUserMFAPreference did not set
   * it.
   */
  legacySms: boolean;
  /** An app that is set up again does not count until it is verified, though the list may still show it. */
  softwareToken: SoftwareToken | undefined;
  readonly groups: Set<string>;
  /** The times of the calls that are limited per hour. */
  readonly attempts: {
    forgotPassword: Date[];
    confirmForgotPassword: Date[];
    changePassword: Date[];
    resendCode: Date[];
  };
  /** The number of wrong passwords and MFA codes in a row, and the end of the lockout. */
  readonly lock: { failures: number; until: Date | undefined };
  recoveryCode: OneTimeCode | undefined;
  signUpCode: OneTimeCode | undefined;
  /** The user's sign-ins, by the id that all tokens of one sign-in share. */
  readonly signIns: Map<string, { clientId: string; authenticatedAt: Date; refreshToken: string; expiresAt: Date }>;
}

export const createUser = (
  given: Pick<User, "username" | "sub" | "createdBy" | "status"> & { at: Date; attributes: Iterable<[string, string]> },
): User => ({
  username: given.username,
  sub: given.sub,
  createdBy: given.createdBy,
  createdAt: given.at,
  modifiedAt: given.at,
  status: given.status,
  enabled: true,
  attributes: new Map(given.attributes),
  password: undefined,
  passwordHistory: [],
  temporaryPasswordExpiresAt: undefined,
  activeFactors: new Set(),
  preferredFactor: undefined,
  legacySms: false,
  softwareToken: undefined,
  groups: new Set(),
  attempts: { forgotPassword: [], confirmForgotPassword: [], changePassword: [], resendCode: [] },
  lock: { failures: 0, until: undefined },
  recoveryCode: undefined,
  signUpCode: undefined,
  signIns: new Map(),
});

/** Returns the key of a name in the pool. In a pool that is not case-sensitive, ANA and ana have the same key. */
export const fold = (pool: Pool, name: string): string => (pool.caseSensitive ? name : name.toLowerCase());

export const isVerified = (user: User, attribute: "email" | "phone_number"): boolean =>
  user.attributes.has(attribute) && user.attributes.get(`${attribute}_verified`) === "true";

/** Returns the user whose `attribute` is `alias`, if the pool accepts it as a name. */
export const findByAlias = (pool: Pool, attribute: string, alias: string): User | undefined => {
  const wanted = fold(pool, alias);
  const mustBeVerified = pool.aliasAttributes.includes(attribute) && attribute !== "preferred_username";
  return [...pool.users.values()].find((user) => {
    const value = user.attributes.get(attribute);
    if (value === undefined || fold(pool, value) !== wanted) return false;
    return !mustBeVerified || user.attributes.get(`${attribute}_verified`) === "true";
  });
};

/** Returns the user with this username, sub, or alias that the pool accepts. */
export const findUser = (pool: Pool, name: string): User | undefined => {
  const byUsername = pool.users.get(fold(pool, name));
  if (byUsername !== undefined) return byUsername;
  for (const attribute of [...pool.usernameAttributes, ...pool.aliasAttributes]) {
    const user = findByAlias(pool, attribute, name);
    if (user !== undefined) return user;
  }
  return [...pool.users.values()].find((user) => user.sub === name);
};

export const requireUser = (pool: Pool, name: string): User => {
  const user = findUser(pool, name);
  if (user === undefined) throw userNotFound();
  return user;
};

export const attributesOf = (user: User): Record<string, string> => ({
  sub: user.sub,
  ...Object.fromEntries(user.attributes),
});

export const attributeList = (user: User, only?: string[]): { Name: string; Value: string }[] =>
  Object.entries(attributesOf(user))
    .filter(([name]) => only === undefined || only.includes(name))
    .map(([Name, Value]) => ({ Name, Value }));

/** Returns a user as in lists: without MFA. */
export const describeUser = (user: User, attributes?: string[]) => ({
  Username: user.username,
  Attributes: attributeList(user, attributes),
  UserCreateDate: epochSeconds(user.createdAt),
  UserLastModifiedDate: epochSeconds(user.modifiedAt),
  Enabled: user.enabled,
  UserStatus: user.status,
});

export const hasFactor = (user: User, factor: Factor): boolean =>
  user.activeFactors.has(factor) || (factor === "SMS_MFA" && user.legacySms);

/** Returns a user's second factors as in AdminGetUser and GetUser: no members at all when there are none. */
export const describeFactors = (user: User, { noPreference }: Behaviour) => ({
  ...(user.activeFactors.size > 0 && { UserMFASettingList: [...user.activeFactors] }),
  ...(user.preferredFactor !== undefined && { PreferredMfaSetting: user.preferredFactor }),
  ...(user.preferredFactor === undefined && noPreference === "empty" && { PreferredMfaSetting: "" }),
  ...(user.legacySms && { MFAOptions: [{ DeliveryMedium: "SMS", AttributeName: "phone_number" }] }),
});

/** Throws UserNotFoundException when the user was deleted, for example while a trigger ran. */
export const requireStillThere = (pool: Pool, user: User): void => {
  if (pool.users.get(fold(pool, user.username)) !== user) throw userNotFound();
};

export const requireEnabled = (user: User): void => {
  if (!user.enabled) throw notAuthorized("User is disabled.");
};
