import { minute } from "../config/duration.ts";
import { clockDifference } from "../runtime/clock-difference.ts";
import { earlier, later, plus } from "../runtime/instants.ts";
import type { Window } from "./window.ts";

/** How long an operator may take over switching Email MFA off, from the moment that is written down. */
const longestSwitchingOff = 3 * minute;

/** The window of an operator who is about to switch Email MFA off. */
export const switchingOff = (window: Window, now: Date): Window => ({
  ...window,
  switchingOffUntil: plus(now, longestSwitchingOff),
  switchingOffVersion: window.version,
});

/** The window when Email MFA has been read back as off, at the moment from which on it may close; without one the mark stays. */
export const switchedOff = (window: Window, at?: Date): Window => ({
  ...window,
  switchingOffUntil: at === undefined ? window.switchingOffUntil : earlier(window.switchingOffUntil ?? at, at),
  switchingOffVersion: window.version,
});

/**
 * Whether Email MFA may be about to go off, so that the window must not close however the user is found. A mark that lies
 * further ahead than any operator and any clock could have put it is not believed.
 */
export const mayBeSwitchedOff = ({ switchingOffUntil }: Pick<Window, "switchingOffUntil">, now: Date): boolean =>
  switchingOffUntil !== undefined &&
  now < switchingOffUntil &&
  switchingOffUntil.getTime() - now.getTime() <= longestSwitchingOff + clockDifference;

/** Whether no operator was at switching Email MFA off between the two: then what was read of the user at the one holds at the other. */
export const isSameSwitchingOff = (one: Window, other: Window): boolean =>
  one.switchingOffVersion === other.switchingOffVersion;

/** From when on a worker may close the window. */
export const closableAt = ({ dueAt, switchingOffUntil }: Window, now: Date): Date =>
  switchingOffUntil !== undefined && mayBeSwitchedOff({ switchingOffUntil }, now)
    ? later(switchingOffUntil, dueAt)
    : dueAt;
