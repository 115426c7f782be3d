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

/** What is told of windows: some by name, how many there are besides, and whether nobody counted further. */
export interface Troubled {
  named: Window[];
  more: number;
  uncounted: boolean;
}

/**
 * Open windows that failed to close, or are overdue, but for accepted ones: the longest, or the latest due of them whole, the
 * others counted. For the latest it begins at those that are overdue: in a mass reset thousands are due that are not. None is
 * read that would leave no time for the notice.
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
