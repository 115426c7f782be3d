import type { AcceptedWindows } from "../../shared/accepted-windows.ts";
import type { Policy } from "../../shared/policy.ts";
import type { WindowStore } from "../../shared/window-store.ts";
import { isOverdue, type Window } from "../../shared/window.ts";

const mostNamed = 10;
const mostRead = 1_000;

interface Options {
  userPoolId: string;
  windows: Pick<WindowStore, "dueUntil" | "find">;
  policy: Pick<Policy, "overdueTolerance">;
}

/** What is told of windows: some by name, how many there are besides, and whether nobody counted further. */
export interface Troubled {
  named: Window[];
  more: number;
  uncounted: boolean;
}

/** Open windows that failed to close, or are overdue, but for accepted ones: the longest due of them whole, the others counted. */
export const troubledWindows = async (
  { windows, userPoolId, policy }: Options,
  accepted: Pick<AcceptedWindows, "has">,
  now: Date,
): Promise<Troubled> => {
  const isTroubled = (window: Pick<Window, "attempts" | "dueAt">) =>
    window.attempts > 0 || isOverdue(window, policy.overdueTolerance, now);
  const named: Window[] = [];
  let more = 0;
  let read = 0;
  for await (const ref of windows.dueUntil(userPoolId, now)) {
    read += 1;
    if (read > mostRead) return { named, more, uncounted: true };
    if (ref !== "unreadable" && (!isTroubled(ref) || accepted.has(ref))) continue;
    if (ref === "unreadable" || named.length === mostNamed) more += 1;
    else {
      const { open } = await windows.find(ref);
      if (open?.windowId === ref.windowId && isTroubled(open)) named.push(open);
    }
  }
  return { named, more, uncounted: false };
};
