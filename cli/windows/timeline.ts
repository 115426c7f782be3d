import { formatDuration } from "../../shared/config/duration.ts";
import type { Change, ClosedWindow, OperatorAct, Window } from "../../shared/windows/window.ts";

export interface Event {
  at: Date;
  what: string;
}

const facts = {
  "reset-requested": "password reset requested",
  "reset-confirmed": "password reset",
  "signed-in": "signed in",
} as const;

const changes = {
  extended: "extended",
  replanned: "moved by another grace period",
  retried: "retry requested",
  accepted: "accepted as a known case",
} as const;

const act = ({ by, reason, ticket }: OperatorAct): string =>
  ` by ${by}${reason === undefined ? "" : `, “${reason}”`}${ticket === undefined ? "" : ` (${ticket})`}`;

const endOf = ({ until, dueAt }: Change): string =>
  `${until === undefined ? "due" : "until"} ${(until ?? dueAt).toISOString().slice(0, 19)}`;

/** The past and planned events of a window, in chronological order. */
export const timeline = (window: Window | ClosedWindow): Event[] => {
  const events: Event[] = [
    { at: window.openedAt, what: `opened, ${window.origin}${window.openedBy ? act(window.openedBy) : ""}` },
    ...window.facts.map(({ kind, at }) => ({ at, what: facts[kind] })),
    ...window.changes.map((change) => ({
      at: change.at,
      what: `${changes[change.kind]}, ${endOf(change)}Z,${act(change)}`,
    })),
    { at: window.dueAt, what: "due" },
  ];
  if (window.closeAsked) events.push({ at: window.closeAsked.at, what: `close requested${act(window.closeAsked)}` });
  if (window.lastFailure) {
    const { at, error, message } = window.lastFailure;
    events.push({ at, what: `re-enable failed, try ${window.attempts}: ${error}: ${message}` });
  }
  if ("outcome" in window) {
    const late = window.closedAt.getTime() - window.dueAt.getTime();
    const lateness = late > 0 ? `, ${formatDuration(late)} after due` : "";
    events.push({ at: window.closedAt, what: `closed, ${window.outcome}${lateness}` });
  } else if (window.nextTryAt) events.push({ at: window.nextTryAt, what: "next try" });
  return events.sort((one, other) => one.at.getTime() - other.at.getTime());
};
