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
  /** The newest first, the current one included; as many as the pool's policy has ever asked for. */
  passwordHistory: string[];
  temporaryPasswordExpiresAt: Date | undefined;
  readonly activeFactors: Set<Factor>;
  preferredFactor: Factor | undefined;
  /** SMS as a second factor that no call of (Admin)SetUserMFAPreference has switched on: only `MFAOptions` shows it. */
  legacySms: boolean;
  /** Set up again and not verified, it is as if there were none, though the list may still show it. */
  softwareToken: SoftwareToken | undefined;
  readonly groups: Set<string>;
  /** When the user asked for what is limited per hour. */
  readonly attempts: {
    forgotPassword: Date[];
    confirmForgotPassword: Date[];
    changePassword: Date[];
    resendCode: Date[];
  };
  /** Wrong passwords and MFA codes in a row, and until when none is looked at. */
  readonly lock: { failures: number; until: Date | undefined };
  recoveryCode: OneTimeCode | undefined;
  signUpCode: OneTimeCode | undefined;
  /** What the user signed in to, by the id that all tokens of one sign-in share. */
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

/** The key of a name in the pool: pools that are not case-sensitive take ANA and ana for the same user. */
export const fold = (pool: Pool, name: string): string => (pool.caseSensitive ? name : name.toLowerCase());

export const isVerified = (user: User, attribute: "email" | "phone_number"): boolean =>
  user.attributes.has(attribute) && user.attributes.get(`${attribute}_verified`) === "true";

/** The user who may be called by `alias` as value of `attribute`. */
export const findByAlias = (pool: Pool, attribute: string, alias: string): User | undefined => {
  const wanted = fold(pool, alias);
  const mustBeVerified = pool.aliasAttributes.includes(attribute) && attribute !== "preferred_username";
  return [...pool.users.values()].find((user) => {
    const value = user.attributes.get(attribute);
    if (value === undefined || fold(pool, value) !== wanted) return false;
    return !mustBeVerified || user.attributes.get(`${attribute}_verified`) === "true";
  });
};

/** The user whom `name` means: a username, a sub, or an alias that the pool takes. */
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

/** A user as lists show one: without anything about MFA. */
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

/** A user's second factors as AdminGetUser and GetUser show them: nothing at all when there are none. */
export const describeFactors = (user: User, { noPreference }: Behaviour) => ({
  ...(user.activeFactors.size > 0 && { UserMFASettingList: [...user.activeFactors] }),
  ...(user.preferredFactor !== undefined && { PreferredMfaSetting: user.preferredFactor }),
  ...(user.preferredFactor === undefined && noPreference === "empty" && { PreferredMfaSetting: "" }),
  ...(user.legacySms && { MFAOptions: [{ DeliveryMedium: "SMS", AttributeName: "phone_number" }] }),
});

/** Throws UserNotFoundException when the user was deleted, perhaps while a trigger ran. */
export const requireStillThere = (pool: Pool, user: User): void => {
  if (pool.users.get(fold(pool, user.username)) !== user) throw userNotFound();
};

export const requireEnabled = (user: User): void => {
  if (!user.enabled) throw notAuthorized("User is disabled.");
};
