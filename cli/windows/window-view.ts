import type { Policy } from "../../shared/config/policy.ts";
import { firstImpossible } from "../../shared/windows/impossible.ts";
import { type ClosedWindow, isDue, isOverdue, type OperatorAct, type Window } from "../../shared/windows/window.ts";

/** The state of an open window. It is computed, not stored. */
export type WindowState = "open" | "closing" | "due" | "overdue";

export const stateOf = (window: Window, policy: Pick<Policy, "overdueTolerance">, now: Date): WindowState => {
  if (isOverdue(window, policy.overdueTolerance, now)) return "overdue";
  // The reconciler also counts these as overdue: nothing would ever close them.
  if (window.dueAt >= firstImpossible(now, policy.overdueTolerance)) return "overdue";
  if (window.closeAsked !== undefined) return "closing";
  return isDue(window, now) ? "due" : "open";
};

const seconds = (milliseconds: number): number => Math.round(milliseconds / 1000);

const actView = ({ at, by, reason, ticket }: OperatorAct) => ({ at, by, reason, ticket });

const windowView = (window: Window) => ({
  windowId: window.windowId,
  userPoolId: window.userPoolId,
  sub: window.sub,
  username: window.username,
  origin: window.origin,
  openedAt: window.openedAt,
  dueAt: window.dueAt,
  cap: window.cap,
  gracePeriodSeconds: seconds(window.gracePeriod),
  factorsBefore: window.factorsBefore,
  counts: window.counts,
  facts: window.facts.map(({ kind, at }) => ({ kind, at })),
  openedBy: window.openedBy && actView(window.openedBy),
  changes: window.changes.map((change) => ({
    kind: change.kind,
    dueAt: change.dueAt,
    until: change.until,
    ...actView(change),
  })),
  closeAsked: window.closeAsked && actView(window.closeAsked),
  accepted: window.accepted && { until: window.accepted.until, ...actView(window.accepted) },
  attempts: window.attempts,
  lastFailure: window.lastFailure,
  nextTryAt: window.nextTryAt,
});

/** An open window as shown by `--json`. Dates become ISO-8601 in UTC. */
export const openWindowView = (window: Window, policy: Pick<Policy, "overdueTolerance">, now: Date) => ({
  ...windowView(window),
  state: stateOf(window, policy, now),
  secondsLeft: seconds(window.dueAt.getTime() - now.getTime()),
});

/** A closed window as shown by `--json`. */
export const closedWindowView = (window: ClosedWindow) => ({
  ...windowView(window),
  state: "closed",
  outcome: window.outcome,
  closedAt: window.closedAt,
  openSeconds: seconds(window.closedAt.getTime() - window.openedAt.getTime()),
  latenessSeconds: Math.max(0, seconds(window.closedAt.getTime() - window.dueAt.getTime())),
  evidence: window.evidence,
});
