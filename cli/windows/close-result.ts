import type { ClosedWindow, Window } from "../../shared/windows/window.ts";
import { Failure } from "../exit/failure.ts";
import type { Output } from "../terminal/output.ts";
import { instant, plain } from "../terminal/output.ts";
import type { Awaited } from "./await-close.ts";

/** Returns the closed window. Throws a Failure with the reason if it is not closed yet. */
export const requireClosed = (closing: Awaited, user: string): ClosedWindow => {
  if (closing.kind === "closed") return closing.window;
  const { lastFailure, nextTryAt, windowId } = closing.window;
  throw new Failure(
    "unproven",
    whyOpen(closing.window, user),
    `The service tries again automatically${nextTryAt === undefined ? " within five minutes" : `, next at ${instant(nextTryAt)}`}. mfactl show ${user} shows the progress.`,
    { windowId, lastFailure, nextTryAt },
  );
};

const whyOpen = ({ lastFailure, goneSince }: Window, user: string): string => {
  if (goneSince !== undefined) {
    return `Cognito has no user ${user}. The window closes when a second check a few minutes later confirms this.`;
  }
  return lastFailure === undefined
    ? `The window of ${user} is due but did not close within a minute.`
    : `The window of ${user} is due, but Email MFA could not be switched on: ${plain(`${lastFailure.error}: ${lastFailure.message}`)}`;
};

const outcomes = {
  "re-enabled": "Email MFA is on again, verified",
  "already-enabled": "Email MFA was already on",
  "user-gone": "the user no longer exists",
  observed: "the service only observes, so Email MFA stays off",
} as const;

export const closedLine = (output: Output, user: string, { outcome, evidence }: ClosedWindow): string =>
  `${output.style("green", "Closed.")} ${user}: ${outcomes[outcome]}` +
  `${evidence === undefined ? "" : ` ([${evidence.before.active.join(", ")}] → [${evidence.after.active.join(", ")}])`}.`;
