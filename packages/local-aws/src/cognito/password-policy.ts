import { AwsError } from "../service.ts";
import type { PasswordPolicy } from "./pool-settings.ts";
import type { Pool } from "./pool.ts";
import { type Random, randomText } from "./randomness.ts";
import type { User } from "./user.ts";

const UPPERCASE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const SYMBOLS = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+=";
const DAY = 86_400_000;

/** Throws InvalidPasswordException with the first rule that the password breaks. */
export const checkPassword = (password: string, policy: PasswordPolicy): void => {
  const broken = (rule: string) =>
    new AwsError("InvalidPasswordException", `Password did not conform with policy: ${rule}`);
  if (password.length < policy.MinimumLength) throw broken("Password not long enough");
  if (policy.RequireUppercase && !/[A-Z]/.test(password)) throw broken("Password must have uppercase characters");
  if (policy.RequireLowercase && !/[a-z]/.test(password)) throw broken("Password must have lowercase characters");
  if (policy.RequireNumbers && !/[0-9]/.test(password)) throw broken("Password must have numeric characters");
  if (policy.RequireSymbols && ![...password].some((character) => SYMBOLS.includes(character))) {
    throw broken("Password must have symbol characters");
  }
};

/** Returns a password that satisfies any policy of this minimum length. */
export const generatePassword = (policy: PasswordPolicy, random: Random): string =>
  randomText(random, UPPERCASE, 1) +
  randomText(random, "!#%*+-=?@_", 1) +
  randomText(random, "0123456789", 2) +
  randomText(random, UPPERCASE.toLowerCase(), Math.max(6, policy.MinimumLength - 4));

/** Sets the password. Throws when it breaks the pool's policy or is in the forbidden part of the user's history. */
export const setPassword = (pool: Pool, user: User, password: string, now: Date, temporary: boolean): void => {
  const policy = pool.settings.Policies.PasswordPolicy;
  checkPassword(password, policy);
  if (!temporary && user.passwordHistory.slice(0, policy.PasswordHistorySize ?? 0).includes(password)) {
    throw new AwsError("PasswordHistoryPolicyViolationException", "Password has previously been used.");
  }
  user.password = password;
  user.temporaryPasswordExpiresAt = temporary
    ? new Date(now.getTime() + policy.TemporaryPasswordValidityDays * DAY)
    : undefined;
  user.status = temporary ? "FORCE_CHANGE_PASSWORD" : "CONFIRMED";
  if (!temporary) user.passwordHistory = [password, ...user.passwordHistory].slice(0, 24);
  user.modifiedAt = now;
};
