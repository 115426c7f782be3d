import { AwsError } from "../service.ts";
import { invalidParameter } from "./errors.ts";
import type { Pool } from "./pool.ts";
import { type Random, randomUuid } from "./randomness.ts";
import type { Attribute } from "./request.ts";
import { findByAlias, fold, type User } from "./user.ts";

export interface NewIdentity {
  username: string;
  sub: string;
  attributes: Map<string, string>;
}

/**
 * Returns the username, sub and attributes of a new user. In a pool with username attributes, the given name is an
 * email address or a phone number, and the username equals the sub. Throws when the name is taken.
 */
export const newIdentity = (
  pool: Pool,
  random: Random,
  name: string,
  given: Attribute[],
  createdBy: "administrator" | "sign-up",
): NewIdentity => {
  const sub = randomUuid(random);
  const attributes = new Map(given.filter(({ Value }) => Value !== "").map(({ Name, Value }) => [Name, Value]));
  if (pool.usernameAttributes.length === 0) {
    if (pool.aliasAttributes.includes("email") && name.includes("@")) {
      throw invalidParameter("Username cannot be of email format, since user pool is configured for email alias.");
    }
    if (pool.users.has(fold(pool, name))) throw usernameExists(createdBy);
    return { username: name, sub, attributes };
  }
  const attribute = pool.usernameAttributes.find((candidate) => (candidate === "email") === name.includes("@"));
  if (attribute === undefined) throw invalidParameter(`Username should be an ${pool.usernameAttributes.join(" or ")}.`);
  if (findByAlias(pool, attribute, name) !== undefined) {
    throw new AwsError("UsernameExistsException", `An account with the given ${attribute} already exists.`);
  }
  return { username: sub, sub, attributes: attributes.set(attribute, name) };
};

const usernameExists = (createdBy: User["createdBy"]): AwsError => {
  const message = createdBy === "administrator" ? "User account already exists" : "User already exists";
  return new AwsError("UsernameExistsException", message);
};

/** Adds the user. Throws when another call took the name while a trigger ran. */
export const addToPool = (pool: Pool, user: User): void => {
  const key = fold(pool, user.username);
  if (pool.users.has(key)) throw usernameExists(user.createdBy);
  pool.users.set(key, user);
};

/**
 * Claims the names in `attributes` for the user. With `force`, a verified alias moves from another user. Without it, a
 * taken alias is an error. A sign-in name never moves.
 */
export const takeNames = (pool: Pool, user: User, attributes: Map<string, string>, force: boolean): void => {
  for (const attribute of [...pool.usernameAttributes, ...pool.aliasAttributes]) {
    const isAlias = pool.aliasAttributes.includes(attribute);
    const name = attributes.get(attribute);
    if (name === undefined || (isAlias && attributes.get(`${attribute}_verified`) !== "true")) continue;
    const holder = findByAlias(pool, attribute, name);
    if (holder === undefined || holder === user) continue;
    if (!force || !isAlias) {
      throw new AwsError("AliasExistsException", `An account with the ${attribute} already exists.`);
    }
    holder.attributes.set(`${attribute}_verified`, "false");
  }
};
