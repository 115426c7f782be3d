import { earlier, later, plus } from "../runtime/instants.ts";
import { type Change, type OperatorAct, type Window, dueAgain, isDue, kept } from "./window.ts";

/** Returns the window with its end moved to the moment of the act; `by` is an operator or `sign-in`. */
export const askToClose = (window: Window, act: OperatorAct): Window => ({
  ...window,
  dueAt: earlier(window.dueAt, act.at),
  nextTryAt: undefined,
  closeAsked: act,
});

/** Returns the window with the change noted on it, and nothing else changed. */
export const withChange = (
  window: Window,
  kind: Change["kind"],
  { at, by, reason, ticket, until }: OperatorAct & Pick<Change, "until">,
): Window => ({
  ...window,
  changes: [...window.changes, { kind, at, by, reason, ticket, dueAt: window.dueAt, until }].slice(-kept),
});

/**
 * Returns the window extended by `milliseconds`, or undefined if that would pass the cap: it never extends by less than
 * was asked.
 */
export const extendWindow = (window: Window, milliseconds: number, act: OperatorAct): Window | undefined => {
  const dueAt = plus(window.dueAt, milliseconds);
  if (dueAt > window.cap) return undefined;
  return withChange({ ...window, ...dueAgain(window, dueAt) }, "extended", act);
};

/** Returns the window with its next try moved to now. */
export const retryWindow = (window: Window, act: OperatorAct): Window =>
  withChange({ ...window, nextTryAt: undefined }, "retried", act);

/** Which open windows get a new grace period: those whose end it moves forward, or all. */
export type Reach = "shorten" | "all";

/**
 * Returns when the window is due under another grace period, counted from its newest confirmed reset or else from its
 * opening: not past the cap, and not before `now`. Returns undefined for a window that stays as it is because it is due
 * or was asked to close already.
 */
export const replannedDueAt = (window: Window, gracePeriod: number, now: Date): Date | undefined => {
  if (window.closeAsked !== undefined || isDue(window, now)) return undefined;
  const from = later(window.times.lastConfirmed ?? window.openedAt, window.openedAt);
  const dueAt = earlier(plus(earlier(from, now), gracePeriod), window.cap);
  return dueAt < now ? now : dueAt;
};

/** Returns the window under another grace period at the moment of the act, or the same window if nothing changes. */
export const replanWindow = (window: Window, gracePeriod: number, reach: Reach, act: OperatorAct): Window => {
  const planned = replannedDueAt(window, gracePeriod, act.at);
  if (planned === undefined) return window;
  const next =
    reach === "all"
      ? { dueAt: planned, gracePeriod }
      : { dueAt: earlier(planned, window.dueAt), gracePeriod: Math.min(gracePeriod, window.gracePeriod) };
  if (next.dueAt.getTime() === window.dueAt.getTime() && next.gracePeriod === window.gracePeriod) return window;
  return withChange({ ...window, ...next }, "replanned", act);
};
