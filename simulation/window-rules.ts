import { emailMfaIsOn } from "../shared/users/factors.ts";
import type { ClosedWindow, Fact, Window } from "../shared/windows/window.ts";

/** The rule that a change of a window broke; undefined for none. */
export type Broken = string | undefined;

/** Checks the rules for a new window. `maxWindow` is in milliseconds. */
export const opening = (window: Window, maxWindow: number): Broken => {
  if (window.cap.getTime() !== window.openedAt.getTime() + maxWindow) return "a cap other than openedAt + maxWindow";
  if (window.dueAt > window.cap) return "a window opened past its cap";
  if (window.facts.length === 0 && window.openedBy === undefined) return "a window without a cause";
  return undefined;
};

/** Checks the rules for a change of an open window. */
export const changing = (before: Window, after: Window, margin: number): Broken => {
  if (after.windowId !== before.windowId) return "an open window replaced by another one";
  if (after.version !== before.version + 1) return "a change written over a version it was not made from";
  if (after.cap.getTime() !== before.cap.getTime()) return "a cap that moved";
  if (after.dueAt > after.cap) return "a window past its cap";
  const lost = before.facts.find((fact) => !hasFact(after, fact));
  if (lost !== undefined && after.facts.length < 50) return `a fact that vanished from its window: ${lost.kind}`;
  if (after.dueAt <= before.dueAt) return undefined;
  if (before.closeAsked !== undefined) return "a window extended that was told to close";
  if (after.changes.length > before.changes.length) return undefined;
  const confirmed = after.facts.filter((fact) => !hasFact(before, fact) && fact.kind === "reset-confirmed");
  const latest = Math.max(...confirmed.map(({ at }) => at.getTime() + before.gracePeriod));
  return after.dueAt.getTime() <= latest + margin
    ? undefined
    : "a window extended by something else than a confirmed reset or an operator";
};

/**
 * Checks the rules for a closed window, which was due at `dueAt` when it was closed. `margin` is the maximum difference
 * between the clocks of the functions.
 */
export const closing = (
  closed: ClosedWindow,
  dueAt: Date,
  reads: readonly { active: string[]; isGone: boolean; sub: string }[],
  margin: number,
): Broken => {
  const { outcome, evidence } = closed;
  const ofUser = reads.filter(({ isGone, sub }) => !isGone && sub === closed.sub);
  if (outcome === "user-gone")
    return ofUser.length < reads.length ? undefined : "closed as user-gone, and nobody saw that";
  if (evidence === undefined) return `closed as ${outcome} without evidence`;
  const factors = [...evidence.after.active].sort().join();
  if (!ofUser.some(({ active }) => active.join() === factors)) return "evidence that nobody read";
  if (outcome === "observed") return emailMfaIsOn(evidence.after) ? "observed, with Email MFA on" : undefined;
  if (!emailMfaIsOn(evidence.after)) return `closed as ${outcome} with Email MFA off`;
  if (outcome === "already-enabled") return undefined;
  if (emailMfaIsOn(evidence.before)) return "re-enabled what was on before";
  return closed.closedAt.getTime() < dueAt.getTime() - margin ? "closed before it was due" : undefined;
};

/** Checks the rules for a change of a closed window. */
export const changingClosed = (before: ClosedWindow, after: ClosedWindow): Broken => {
  if (after.version !== before.version + 1) return "a closed window written over a version it was not made from";
  const lost = before.facts.find((fact) => !hasFact(after, fact));
  if (lost !== undefined && after.facts.length < 50) return `a fact that vanished from a closed window: ${lost.kind}`;
  if (before.evidence !== undefined && after.evidence === undefined) return "evidence that vanished";
  if (before.closedAt.getTime() !== after.closedAt.getTime()) return "a closed window that was closed once more";
  const isTruer = before.outcome !== "re-enabled" && after.outcome === "re-enabled";
  return before.outcome === after.outcome || isTruer ? undefined : "a closed window that ended otherwise";
};

export const hasFact = (window: Window, fact: Pick<Fact, "id">): boolean =>
  window.facts.some(({ id }) => id === fact.id);
