import type { Context } from "aws-lambda";
import type { Policy } from "../../shared/config/policy.ts";
import type { AcceptedWindows } from "../../shared/ledgers/accepted-windows.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { reserve } from "../../shared/runtime/surroundings.ts";
import type { WindowStore } from "../../shared/windows/window-store.ts";
import { isOverdue, type Window } from "../../shared/windows/window.ts";

export type Invocation = Pick<Context, "getRemainingTimeInMillis">;

const mostNamed = 10;
const mostRead = 1_000;

interface Options {
  userPoolId: string;
  windows: Pick<WindowStore, "dueUntil" | "find">;
  policy: Pick<Policy, "overdueTolerance">;
  accepted: Pick<AcceptedWindows, "has">;
  now: Date;
  first: "longest" | "latest";
  context: Invocation;
}

/** Windows to report: those named, the number of others, and whether there may be more than were counted. */
export interface Troubled {
  named: Window[];
  more: number;
  uncounted: boolean;
}

/**
 * Finds open windows that failed to close or are overdue, except accepted ones. Reads the longest or latest due of them in full
 * and counts the others. With `latest` it starts at the overdue windows, because a mass reset has thousands that are due but not
 * overdue. Stops reading windows when only the time for the notice is left.
 */
export const troubledWindows = async (options: Options): Promise<Troubled> => {
  const { windows, userPoolId, policy, accepted, now, first, context } = options;
  const isTroubled = (window: Pick<Window, "attempts" | "dueAt">) =>
    window.attempts > 0 || isOverdue(window, policy.overdueTolerance, now);
  const named: Window[] = [];
  let more = 0;
  let read = 0;
  const until = first === "latest" ? plus(now, -policy.overdueTolerance) : now;
  for await (const ref of windows.dueUntil(userPoolId, until, first)) {
    read += 1;
    if (read > mostRead) return { named, more, uncounted: true };
    if (ref !== "unreadable" && (!isTroubled(ref) || accepted.has(ref))) continue;
    const mayRead = named.length < mostNamed && context.getRemainingTimeInMillis() >= reserve;
    if (ref === "unreadable" || !mayRead) more += 1;
    else {
      const { open } = await windows.find(ref);
      if (open?.windowId === ref.windowId && isTroubled(open)) named.push(open);
    }
  }
  return { named, more, uncounted: false };
};
