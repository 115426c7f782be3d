import { day } from "../config/duration.ts";
import { clockDifference, isFromTheFuture } from "../runtime/clock-difference.ts";

/** What is known of a user beside their windows. */
export interface Seen {
  /** When the user was last read and found in order. Absent where the next sign-in must be looked at. */
  checkedAt?: Date | undefined;
  /** Whether Email MFA was ever seen on. */
  known: boolean;
  /** Whether Email MFA was on at the last look. */
  emailMfa?: boolean | undefined;
  /** Until then every sign-in is looked at. */
  watchedUntil?: Date | undefined;
  /** When a sign-in last found Email MFA off for no reason that we know. */
  driftedAt?: Date | undefined;
}

/** What one look at a user found. Only what is given is written; `checkedAt` is also taken away. */
export interface Look extends Omit<Seen, "known"> {
  /** Whether Email MFA was on, now or at an earlier look. `false` never takes an earlier `true` away. */
  known: boolean;
}

/** How long every sign-in is looked at after a drift, and after a change to other factors. Also how long a drift counts as the first of two. */
export const watch = 30 * day;

/**
 * Whether a user without an open window must be looked at when they sign in. `verifyEvery` in milliseconds. An instant from the
 * future is not believed.
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

/** Whether this user, found without Email MFA again, has drifted within the last month. */
export const isRepeatedDrift = (seen: Pick<Seen, "driftedAt"> | undefined, now: Date): boolean =>
  seen?.driftedAt !== undefined && now.getTime() - seen.driftedAt.getTime() < watch;
