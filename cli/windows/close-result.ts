import type { ClosedWindow, Window } from "../../shared/windows/window.ts";
import { Failure } from "../failure.ts";
import type { Output } from "../terminal/output.ts";
import { instant, plain } from "../terminal/output.ts";
import type { Awaited } from "./await-close.ts";

/** The closed window, or a Failure that tells why it is not closed yet. */
export const requireClosed = (closing: Awaited, user: string): ClosedWindow => {
  if (closing.kind === "closed") return closing.window;
  const { lastFailure, nextTryAt, windowId } = closing.window;
  throw new Failure(
    "unproven",
    whyOpen(closing.window, user),
    `It is tried again by itself${nextTryAt === undefined ? ", within five minutes" : `, next at ${instant(nextTryAt)}`}. mfactl show ${user} tells how it goes.`,
    { windowId, lastFailure, nextTryAt },
  );
};

const whyOpen = ({ lastFailure, goneSince }: Window, user: string): string => {
  if (goneSince !== undefined) {
    return `Cognito knows no such user as ${user}. The window closes when a second look, minutes after the first, finds the same.`;
  }
  return lastFailure === undefined
    ? `The window of ${user} is due, but was not closed within a minute.`
    : `The window of ${user} is due, but Email MFA could not be switched on: ${plain(`${lastFailure.error}: ${lastFailure.message}`)}`;
};

const outcomes = {
  "re-enabled": "Email MFA is on, and was read back",
  "already-enabled": "Email MFA was on already",
  "user-gone": "there is no such user any more",
  observed: "the service only observes, so Email MFA stays off",
} as const;

export const closedLine = (output: Output, user: string, { outcome, evidence }: ClosedWindow): string =>
  `${output.style("green", "Closed.")} ${user}: ${outcomes[outcome]}` +
  `${evidence === undefined ? "" : ` ([${evidence.before.active.join(", ")}] → [${evidence.after.active.join(", ")}])`}.`;
