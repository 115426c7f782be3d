import type { Context } from "aws-lambda";
import * as v from "valibot";
import { alarm } from "../../events/alarm.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Policy } from "../../shared/policy.ts";
import { reserve } from "../../shared/surroundings.ts";
import type { Telemetry } from "../../shared/telemetry.ts";
import type { WindowStore } from "../../shared/window-store.ts";
import type { DueIndex } from "../../shared/due-index.ts";
import type { Ledger } from "../../shared/ledger.ts";
import type { ServedPool } from "../../shared/served-pools.ts";
import { isOverdue, plus, type Window } from "../../shared/window.ts";
import { beyondReach } from "./beyond-reach.ts";
import type { Notices } from "./notices.ts";
import { wordNotice } from "./word-notice.ts";

interface Options {
  userPoolId: string;
  stage: string;
  windows: Pick<WindowStore, "dueUntil" | "find">;
  index: Pick<DueIndex, "count" | "rows">;
  servedPools: Pick<Ledger<ServedPool>, "list">;
  notices: Notices;
  policy: Pick<Policy, "overdueTolerance">;
  clock: Clock;
  telemetry: Telemetry;
}

type Invocation = Pick<Context, "getRemainingTimeInMillis">;

const mostNamed = 10;
const mostRead = 1_000;

/**
 * Tells the people who get an alarm what it cannot tell itself: which users, why, and what to run. The alarm goes to
 * them in any case, so that nobody depends on this.
 */
export const createExplainAlarm = (options: Options) => async (event: unknown, context: Invocation) => {
  const { alarmData } = v.parse(alarm, event);
  if (alarmData.state.value !== "ALARM") return;
  const { userPoolId, stage, clock, notices, telemetry } = options;
  const { alarmName, configuration } = alarmData;
  const now = clock.now();
  const first = alarmName.endsWith("-windows-newly-overdue") ? "latest" : "longest";
  const found = await troubledWindows(options, now, first, context);
  const unreached = await beyondReach(options, now);
  await notices.publish(
    wordNotice({ alarmName, description: configuration?.description, userPoolId, stage, now, unreached, ...found }),
  );
  telemetry.log.info("alarm-explained", { alarm: alarmName, named: found.named.length, more: found.more });
};

/**
 * Open windows that failed to close, or are overdue: the longest, or the latest due of them whole, the others counted. For the
 * latest it begins at those that are overdue: in a mass reset thousands are due that are not. None is read that would leave no
 * time for the notice.
 */
const troubledWindows = async (
  { windows, userPoolId, policy }: Options,
  now: Date,
  first: "longest" | "latest",
  context: Invocation,
) => {
  const isTroubled = (window: Pick<Window, "attempts" | "dueAt">) =>
    window.attempts > 0 || isOverdue(window, policy.overdueTolerance, now);
  const named: Window[] = [];
  let more = 0;
  let read = 0;
  const until = first === "latest" ? plus(now, -policy.overdueTolerance) : now;
  for await (const ref of windows.dueUntil(userPoolId, until, first)) {
    read += 1;
    if (read > mostRead) return { named, more, uncounted: true };
    if (ref !== "unreadable" && !isTroubled(ref)) continue;
    const mayRead = named.length < mostNamed && context.getRemainingTimeInMillis() >= reserve;
    if (ref === "unreadable" || !mayRead) more += 1;
    else {
      const { open } = await windows.find(ref);
      if (open?.windowId === ref.windowId && isTroubled(open)) named.push(open);
    }
  }
  return { named, more, uncounted: false };
};
