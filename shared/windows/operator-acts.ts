import { earlier, later, plus } from "../runtime/instants.ts";
import { type Change, type OperatorAct, type Window, dueAgain, isDue, kept } from "./window.ts";

/** The window with its end brought forward to the moment of the act; `by` may be `sign-in` instead of an operator. */
export const askToClose = (window: Window, act: OperatorAct): Window => ({
  ...window,
  dueAt: earlier(window.dueAt, act.at),
  nextTryAt: undefined,
  closeAsked: act,
});

/** The window with the change noted on it, and nothing else changed. */
export const withChange = (
  window: Window,
  kind: Change["kind"],
  { at, by, reason, ticket, until }: OperatorAct & Pick<Change, "until">,
): Window => ({
  ...window,
  changes: [...window.changes, { kind, at, by, reason, ticket, dueAt: window.dueAt, until }].slice(-kept),
});

/** The window extended by `milliseconds`, or undefined where that would pass the cap: never silently less than asked. */
export const extendWindow = (window: Window, milliseconds: number, act: OperatorAct): Window | undefined => {
  const dueAt = plus(window.dueAt, milliseconds);
  if (dueAt > window.cap) return undefined;
  return withChange({ ...window, ...dueAgain(window, dueAt) }, "extended", act);
};

/** The window with its next try brought forward, to now. */
export const retryWindow = (window: Window, act: OperatorAct): Window =>
  withChange({ ...window, nextTryAt: undefined }, "retried", act);

/** Which open windows a new grace period reaches: those whose end it brings forward, or all. */
export type Reach = "shorten" | "all";

/**
 * When the window is due under another grace period, counted from its newest confirmed reset or else from its opening:
 * not past the cap, and not before `now`. Undefined for a window that is left alone, being due or told to close already.
 */
export const replannedDueAt = (window: Window, gracePeriod: number, now: Date): Date | undefined => {
  if (window.closeAsked !== undefined || isDue(window, now)) return undefined;
  const from = later(window.times.lastConfirmed ?? window.openedAt, window.openedAt);
  const dueAt = earlier(plus(earlier(from, now), gracePeriod), window.cap);
  return dueAt < now ? now : dueAt;
};

/** The window under another grace period, at the moment of the act; the same window where that changes nothing. */
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
