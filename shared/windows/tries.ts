import { minute } from "../config/duration.ts";
import { isFromTheFuture } from "../runtime/clock-difference.ts";
import { plus } from "../runtime/instants.ts";
import type { Window } from "./window.ts";

/**
 * Returns the window after a failed re-enable: still open, to be tried again after a pause that grows up to a quarter
 * of an hour.
 */
export const noteFailure = (window: Window, failure: { error: string; detail: string }, now: Date): Window => ({
  ...window,
  attempts: window.attempts + 1,
  lastFailure: { at: now, error: failure.error, message: failure.detail },
  nextTryAt: plus(now, Math.min(30_000 * 2 ** Math.min(window.attempts, 5), 15 * minute)),
  goneSince: undefined,
});

/**
 * The time between the first look that found no such user and a second one that must find the same, before the window
 * closes.
 */
const betweenLooks = 5 * minute;

/**
 * Returns when a second look may end the window of a user who was not found, or undefined if this is the first look.
 */
export const secondLookAt = ({ goneSince }: Pick<Window, "goneSince">, now: Date): Date | undefined =>
  goneSince === undefined || isFromTheFuture(goneSince, now) ? undefined : plus(goneSince, betweenLooks);

/**
 * Returns the window after a look that found no such user. One look does not end it, because AWS does not document that
 * AdminGetUser reads consistently.
 */
export const noteGone = (window: Window, now: Date): Window => ({
  ...window,
  goneSince: now,
  nextTryAt: plus(now, betweenLooks),
});
