import type { FactKind } from "../../events/record.ts";
import { day } from "../config/duration.ts";
import type { Policy } from "../config/policy.ts";
import { isFromTheFuture } from "../runtime/clock-difference.ts";
import { earlier, plus } from "../runtime/instants.ts";
import type { Factors } from "../users/factors.ts";
import type { UserKey } from "../users/user-key.ts";

/** Something that happened to a user, as recorded. */
export interface Fact {
  id: string;
  kind: FactKind;
  at: Date;
}

/**
 * The facts' counts and times that the rules need. They are separate from the list of facts, whose length is limited.
 */
export interface FactTimes {
  firstConfirmed?: Date | undefined;
  lastConfirmed?: Date | undefined;
  lastSignIn?: Date | undefined;
}

/** Why a window was opened. `drift`: a sign-in found Email MFA off; `enrol`: the same for a user who never had it. */
export type Origin = "reset-requested" | "reset-confirmed" | "drift" | "enrol" | "operator";

/** How a window ended. */
export type Outcome = "re-enabled" | "already-enabled" | "user-gone" | "observed";

/** Who changed a window by hand, and why. */
export interface OperatorAct {
  at: Date;
  by: string;
  reason?: string | undefined;
  ticket?: string | undefined;
}

/** The acceptance of a window past due as a known case, until an instant. */
export interface Acceptance extends OperatorAct {
  until: Date;
}

/** An operator's change of an open window, and when the window was due afterwards. */
export interface Change extends OperatorAct {
  kind: "extended" | "replanned" | "retried" | "accepted";
  dueAt: Date;
  /** Only for an acceptance. */
  until?: Date | undefined;
}

/** An exemption: from the moment a user is found or made to be without Email MFA until it is on again. */
export interface Window extends UserKey {
  windowId: string;
  username: string;
  origin: Origin;
  openedAt: Date;
  /** When the window must close. */
  dueAt: Date;
  /** No chain of resets or extensions moves `dueAt` past it. */
  cap: Date;
  /** Milliseconds from a confirmed reset to `dueAt`, as configured when the window was opened. */
  gracePeriod: number;
  factorsBefore: Factors;
  /** The newest facts, oldest first. `counts` and `times` include all. */
  facts: Fact[];
  counts: Record<FactKind, number>;
  times: FactTimes;
  openedBy?: OperatorAct | undefined;
  /** The newest changes by hand, oldest first. */
  changes: Change[];
  /** When the window was asked to close. No later fact moves `dueAt` back. */
  closeAsked?: OperatorAct | undefined;
  /** The newest acceptance, because `changes` drops old entries. */
  accepted?: Acceptance | undefined;
  /** Until then an operator may be about to switch Email MFA off. */
  switchingOffUntil?: Date | undefined;
  /** Changes each time that an operator is about to switch Email MFA off, or has done so. */
  switchingOffVersion?: number | undefined;
  /** Failed re-enables so far. */
  attempts: number;
  lastFailure?: { at: Date; error: string; message: string } | undefined;
  nextTryAt?: Date | undefined;
  /** When a look first found no such user, if all looks since then found the same. */
  goneSince?: Date | undefined;
  /** Counts the changes; a change is written only over the version that it started from. */
  version: number;
}

export interface ClosedWindow extends Window {
  closedAt: Date;
  outcome: Outcome;
  /** The user's factors as read before and after the re-enable; absent if there was no user left to read. */
  evidence?: { before: Factors; after: Factors } | undefined;
}

/** How long closed windows are kept with their evidence, in milliseconds. */
export const retention = 400 * day;

/**
 * Returns the instant, moved after the close of the last window if necessary: a clock that runs behind must not open a
 * window before the last one was closed, or facts of the new window would be looked for on the old one. Does not
 * believe a close further ahead of `now` than clocks differ.
 */
export const notBefore = (lastClosedAt: Date | undefined, instant: Date, now: Date = instant): Date =>
  lastClosedAt !== undefined && lastClosedAt >= instant && !isFromTheFuture(lastClosedAt, now)
    ? plus(lastClosedAt, 1)
    : instant;

/** Returns a new window. Believes a fact's time only up to `now`: no clock that runs ahead can buy a user more time. */
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

/** Returns which kind of window a fact about an unprotected user opens, or why it opens none. */
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
 * Returns whether a window of this user may end with Email MFA on. A window gives back what the user had: a user whose
 * Email MFA was never seen on gets it only if the policy enrols.
 */
export const mayEndWithEmailMfa = (user: { known: boolean }, policy: Pick<Policy, "enrol">): boolean =>
  user.known || policy.enrol;

/** How many facts, and how many changes, a window holds. */
export const kept = 50;

/** Resets the tries of a window that is due later than before. */
export const dueAgain = (window: Window, dueAt: Date): Partial<Window> =>
  dueAt > window.dueAt ? { dueAt, attempts: 0, nextTryAt: undefined } : {};

export const isDue = (window: Pick<Window, "dueAt">, now: Date): boolean => now >= window.dueAt;

/** Returns whether the window is past due by more than the tolerance, in milliseconds. */
export const isOverdue = (window: Pick<Window, "dueAt">, tolerance: number, now: Date): boolean =>
  now.getTime() - window.dueAt.getTime() > tolerance;

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
