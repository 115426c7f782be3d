import type { FactKind } from "../../events/record.ts";
import { day, minute } from "../config/duration.ts";
import type { Policy } from "../config/policy.ts";
import { clockDifference, isFromTheFuture } from "../runtime/clock-difference.ts";
import type { Factors } from "../users/factors.ts";

/** A user of a pool, by what never changes: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html */
export interface UserKey {
  userPoolId: string;
  sub: string;
}

/** Something that happened to a user, as recorded. */
export interface Fact {
  id: string;
  kind: FactKind;
  at: Date;
}

/** What the rules ask of facts, kept apart from the list of facts, which has an end. */
export interface FactTimes {
  firstConfirmed?: Date | undefined;
  lastConfirmed?: Date | undefined;
  lastSignIn?: Date | undefined;
}

/** Why a window was opened; `drift` is Email MFA found off at a sign-in, `enrol` the same for a user who never had it. */
export type Origin = "reset-requested" | "reset-confirmed" | "drift" | "enrol" | "operator";

/** How a window ended. */
export type Outcome = "re-enabled" | "already-enabled" | "user-gone" | "observed";

/** Who did something to a window by hand, and why. */
export interface OperatorAct {
  at: Date;
  by: string;
  reason?: string | undefined;
  ticket?: string | undefined;
}

/** That a window past due is a known case until an instant. */
export interface Acceptance extends OperatorAct {
  until: Date;
}

/** What an operator did to an open window, and when it was due afterwards. */
export interface Change extends OperatorAct {
  kind: "extended" | "replanned" | "retried" | "accepted";
  dueAt: Date;
  /** Of an acceptance. */
  until?: Date | undefined;
}

/** An exemption: from the moment a user is found, or made, to be without Email MFA until it is on again. */
export interface Window extends UserKey {
  windowId: string;
  username: string;
  origin: Origin;
  openedAt: Date;
  /** When the window must close. */
  dueAt: Date;
  /** No chain of resets or extensions moves `dueAt` past it. */
  cap: Date;
  /** Milliseconds from a confirmed reset to `dueAt`, as they were when the window was opened. */
  gracePeriod: number;
  factorsBefore: Factors;
  /** The newest facts, oldest first. `counts` and `times` know of all. */
  facts: Fact[];
  counts: Record<FactKind, number>;
  times: FactTimes;
  openedBy?: OperatorAct | undefined;
  /** The newest changes by hand, oldest first. */
  changes: Change[];
  /** Once a window was told to close it closes: no later fact moves `dueAt` back. */
  closeAsked?: OperatorAct | undefined;
  /** The newest acceptance; `changes` forgets in the end. */
  accepted?: Acceptance | undefined;
  /** Until then an operator may be about to switch Email MFA off. */
  switchingOffUntil?: Date | undefined;
  /** Another one each time that an operator is about to switch Email MFA off, or has. */
  switchingOffVersion?: number | undefined;
  /** Failed re-enables so far. */
  attempts: number;
  lastFailure?: { at: Date; error: string; message: string } | undefined;
  nextTryAt?: Date | undefined;
  /** When a look first found no such user, if the looks since then found the same. */
  goneSince?: Date | undefined;
  /** Counts the changes; a change is written only over the version it was made from. */
  version: number;
}

export interface ClosedWindow extends Window {
  closedAt: Date;
  outcome: Outcome;
  /** The user's factors as read before and after the re-enable; absent when there was no user left to read. */
  evidence?: { before: Factors; after: Factors } | undefined;
}

/** How long closed windows are kept with their evidence, in milliseconds. */
export const retention = 400 * day;

const earlier = (one: Date, other: Date): Date => (one < other ? one : other);
const later = (one: Date, other: Date): Date => (one > other ? one : other);
export const plus = (instant: Date, milliseconds: number): Date => new Date(instant.getTime() + milliseconds);

/**
 * The instant, moved behind the close of the last window: a clock that runs behind must not open a window before the last one
 * was closed, or what happened during the new one would be looked for on the other. A close further ahead of `now` than clocks
 * differ is not believed.
 */
export const notBefore = (lastClosedAt: Date | undefined, instant: Date, now: Date = instant): Date =>
  lastClosedAt !== undefined && lastClosedAt >= instant && !isFromTheFuture(lastClosedAt, now)
    ? plus(lastClosedAt, 1)
    : instant;

/** A new window. A fact's time is believed up to `now`: no clock that runs ahead can buy a user more time. */
export const openWindow = (opening: {
  windowId: string;
  user: UserKey & { username: string; factors: Factors };
  origin: Origin;
  at: Date;
  gracePeriod: number;
  policy: Pick<Policy, "maxWindow">;
  now: Date;
  openedBy?: OperatorAct;
}): Window => {
  const openedAt = earlier(opening.at, opening.now);
  const cap = plus(openedAt, opening.policy.maxWindow);
  return {
    windowId: opening.windowId,
    userPoolId: opening.user.userPoolId,
    sub: opening.user.sub,
    username: opening.user.username,
    origin: opening.origin,
    openedAt,
    dueAt: earlier(plus(openedAt, opening.gracePeriod), cap),
    cap,
    gracePeriod: opening.gracePeriod,
    factorsBefore: opening.user.factors,
    facts: [],
    counts: { "reset-requested": 0, "reset-confirmed": 0, "signed-in": 0 },
    times: {},
    openedBy: opening.openedBy,
    changes: [],
    attempts: 0,
    version: 1,
  };
};

/** Which kind of window a fact about an unprotected user opens, or why it opens none. */
export const originOf = (
  fact: Pick<Fact, "kind">,
  user: { known: boolean; inScope: boolean },
  policy: Pick<Policy, "enrol">,
): Origin | "out-of-scope" | "never-known" => {
  if (!user.inScope) return "out-of-scope";
  if (!mayEndWithEmailMfa(user, policy)) return "never-known";
  if (fact.kind !== "signed-in") return fact.kind;
  return user.known ? "drift" : "enrol";
};

/**
 * Whether a window of this user may end with Email MFA on. A window gives back what the user had: a user whose Email MFA was
 * never seen on gets it only where the policy enrols.
 */
export const mayEndWithEmailMfa = (user: { known: boolean }, policy: Pick<Policy, "enrol">): boolean =>
  user.known || policy.enrol;

/** How many facts, and how many changes, a window holds. */
const kept = 50;

export const hasNoted = (window: Window, fact: Pick<Fact, "id">): boolean =>
  window.facts.some((noted) => noted.id === fact.id);

/** The window with the fact on it, and nothing else changed: what a late fact does to a window that has closed. */
export const withFact = <Some extends Window>(window: Some, fact: Fact): Some => ({
  ...window,
  facts: [...window.facts, fact].slice(-kept),
  counts: { ...window.counts, [fact.kind]: window.counts[fact.kind] + 1 },
  times: timesWith(window.times, fact),
});

/** The times with those of one more fact, in whatever order facts come. */
export const timesWith = (times: FactTimes, { kind, at }: Pick<Fact, "kind" | "at">): FactTimes => {
  switch (kind) {
    case "reset-requested":
      return times;
    case "reset-confirmed":
      return {
        ...times,
        firstConfirmed: earlier(times.firstConfirmed ?? at, at),
        lastConfirmed: later(times.lastConfirmed ?? at, at),
      };
    case "signed-in":
      return { ...times, lastSignIn: later(times.lastSignIn ?? at, at) };
  }
};

/**
 * The window with the fact on it. A request never moves `dueAt`: anybody can ask for a reset of anybody's password. A
 * confirmed reset may, up to the cap; a sign-in after it closes the window where the policy says so.
 */
export const noteFact = (window: Window, fact: Fact, policy: Pick<Policy, "closeOnSignIn">, now: Date): Window => {
  const noted: Window = withFact(window, fact);
  if (window.closeAsked !== undefined) return noted;
  const extended =
    fact.kind === "reset-confirmed"
      ? { ...noted, ...dueAgain(window, earlier(plus(earlier(fact.at, now), window.gracePeriod), window.cap)) }
      : noted;
  return policy.closeOnSignIn && signedInAfterReset(noted)
    ? askToClose(extended, { at: now, by: "sign-in" })
    : extended;
};

const signedInAfterReset = ({ times: { firstConfirmed, lastSignIn } }: Window): boolean =>
  firstConfirmed !== undefined && lastSignIn !== undefined && lastSignIn >= firstConfirmed;

/** A window that is due later than before starts its tries anew. */
const dueAgain = (window: Window, dueAt: Date): Partial<Window> =>
  dueAt > window.dueAt ? { dueAt, attempts: 0, nextTryAt: undefined } : {};

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

export const isDue = (window: Pick<Window, "dueAt">, now: Date): boolean => now >= window.dueAt;

/** From when on a worker may close the window. */
export const closableAt = ({ dueAt, switchingOffUntil }: Window, now: Date): Date =>
  switchingOffUntil !== undefined && mayBeSwitchedOff({ switchingOffUntil }, now)
    ? later(switchingOffUntil, dueAt)
    : dueAt;

/** Past due by more than the tolerance, in milliseconds. */
export const isOverdue = (window: Pick<Window, "dueAt">, tolerance: number, now: Date): boolean =>
  now.getTime() - window.dueAt.getTime() > tolerance;

/** The window after a failed re-enable: still open, tried again after a pause that grows up to a quarter of an hour. */
export const noteFailure = (window: Window, failure: { error: string; detail: string }, now: Date): Window => ({
  ...window,
  attempts: window.attempts + 1,
  lastFailure: { at: now, error: failure.error, message: failure.detail },
  nextTryAt: plus(now, Math.min(30_000 * 2 ** Math.min(window.attempts, 5), 15 * minute)),
  goneSince: undefined,
});

/** How long after the first look that found no such user a second one must find the same, before the window closes. */
const betweenLooks = 5 * minute;

/** When a second look may end the window of a user who was not found, or undefined where the first look is this one. */
export const secondLookAt = ({ goneSince }: Pick<Window, "goneSince">, now: Date): Date | undefined =>
  goneSince === undefined || isFromTheFuture(goneSince, now) ? undefined : plus(goneSince, betweenLooks);

/**
 * The window after a look that found no such user. One look does not end it: AWS documents nowhere that AdminGetUser reads
 * consistently.
 */
export const noteGone = (window: Window, now: Date): Window => ({
  ...window,
  goneSince: now,
  nextTryAt: plus(now, betweenLooks),
});

export const closeWindow = (
  window: Window,
  outcome: Outcome,
  now: Date,
  evidence?: ClosedWindow["evidence"],
): ClosedWindow => ({
  ...window,
  goneSince: outcome === "user-gone" ? window.goneSince : undefined,
  outcome,
  closedAt: now,
  evidence,
});
