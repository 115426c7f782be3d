import { attemptLimitExceeded, notAuthorized } from "./errors.ts";
import type { User } from "./user.ts";

const HOUR = 3_600_000;

/** Records an attempt. Throws LimitExceededException after `perHour` attempts in the last hour. */
export const countAttempt = (attempts: Date[], now: Date, perHour: number): void => {
  const recent = attempts.filter((at) => now.getTime() - at.getTime() < HOUR);
  if (recent.length >= perHour) throw attemptLimitExceeded();
  attempts.splice(0, attempts.length, ...recent, now);
};

const FREE_FAILURES = 5;
const LONGEST_LOCK = 15 * 60_000;

/**
 * Records a wrong password or MFA code. From the fifth on, each locks the user out, for twice as long as the one
 * before: from one second to about fifteen minutes.
 */
export const countFailure = ({ lock }: User, now: Date): void => {
  lock.failures += 1;
  if (lock.failures < FREE_FAILURES) return;
  lock.until = new Date(now.getTime() + Math.min(1000 * 2 ** (lock.failures - FREE_FAILURES), LONGEST_LOCK));
};

export const clearFailures = ({ lock }: User): void => {
  Object.assign(lock, { failures: 0, until: undefined });
};

export const requireUnlocked = ({ lock }: User, now: Date): void => {
  if (lock.until !== undefined && now < lock.until) throw notAuthorized("Password attempts exceeded");
};
