import { minute } from "../config/duration.ts";
import { clockDifference } from "../runtime/clock-difference.ts";
import { earlier, later, plus } from "../runtime/instants.ts";
import type { Window } from "./window.ts";

/** How long an operator may take to switch Email MFA off, from the moment of the mark. */
const longestSwitchingOff = 3 * minute;

/** Returns the window with the mark of an operator who is about to switch Email MFA off. */
export const switchingOff = (window: Window, now: Date): Window => ({
  ...window,
  switchingOffUntil: plus(now, longestSwitchingOff),
  switchingOffVersion: window.version,
});

/** Returns the window after Email MFA was read back as off. It may close from `at` on; without `at` the mark stays. */
export const switchedOff = (window: Window, at?: Date): Window => ({
  ...window,
  switchingOffUntil: at === undefined ? window.switchingOffUntil : earlier(window.switchingOffUntil ?? at, at),
  switchingOffVersion: window.version,
});

/**
 * Returns whether Email MFA may be about to go off. Then the window must not close, even if a look finds Email MFA on.
 * Does not believe a mark further ahead than any operator and any clock could have put it.
 */
export const mayBeSwitchedOff = ({ switchingOffUntil }: Pick<Window, "switchingOffUntil">, now: Date): boolean =>
  switchingOffUntil !== undefined &&
  now < switchingOffUntil &&
  switchingOffUntil.getTime() - now.getTime() <= longestSwitchingOff + clockDifference;

/**
 * Returns whether no operator switched Email MFA off between the two versions of the window. Then a read of the user at
 * the first is still valid at the second.
 */
export const isSameSwitchingOff = (one: Window, other: Window): boolean =>
  one.switchingOffVersion === other.switchingOffVersion;

/** Returns from when on a worker may close the window. */
export const closableAt = ({ dueAt, switchingOffUntil }: Window, now: Date): Date =>
  switchingOffUntil !== undefined && mayBeSwitchedOff({ switchingOffUntil }, now)
    ? later(switchingOffUntil, dueAt)
    : dueAt;
