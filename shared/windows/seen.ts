import { day } from "../config/duration.ts";
import { clockDifference, isFromTheFuture } from "../runtime/clock-difference.ts";

/** What the service knows about a user in addition to their windows. */
export interface Seen {
  /** When a look last found the user in order. Absent if the next sign-in must get a look. */
  checkedAt?: Date | undefined;
  /** Whether Email MFA was ever seen on. */
  known: boolean;
  /** Whether Email MFA was on at the last look. */
  emailMfa?: boolean | undefined;
  /** Until then every sign-in gets a look. */
  watchedUntil?: Date | undefined;
  /** When a sign-in last found Email MFA off for no reason that we know. */
  driftedAt?: Date | undefined;
}

/** The result of one look at a user. Only the given attributes are written; `checkedAt` can also be removed. */
export interface Look extends Omit<Seen, "known"> {
  /** Whether Email MFA was on, now or at an earlier look. `false` never overwrites an earlier `true`. */
  known: boolean;
}

/**
 * How long every sign-in gets a look after a drift, and after a change to other factors. A second drift within this
 * time counts as repeated.
 */
export const watch = 30 * day;

/**
 * Returns whether a sign-in of a user without an open window must get a look. `verifyEvery` is in milliseconds. Does
 * not believe an instant from the future.
 */
export const needsLook = (
  seen: Pick<Seen, "checkedAt" | "watchedUntil"> | undefined,
  verifyEvery: number,
  now: Date,
): boolean => {
  if (seen?.checkedAt === undefined || isFromTheFuture(seen.checkedAt, now)) return true;
  return isWatched(seen, now) || now.getTime() - seen.checkedAt.getTime() >= verifyEvery;
};

const isWatched = ({ watchedUntil }: Pick<Seen, "watchedUntil">, now: Date): boolean =>
  watchedUntil !== undefined && now < watchedUntil && watchedUntil.getTime() - now.getTime() <= watch + clockDifference;

/** Returns whether this user, found without Email MFA again, has drifted within the last month. */
export const isRepeatedDrift = (seen: Pick<Seen, "driftedAt"> | undefined, now: Date): boolean =>
  seen?.driftedAt !== undefined && now.getTime() - seen.driftedAt.getTime() < watch;
