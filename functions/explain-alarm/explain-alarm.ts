import * as v from "valibot";
import { alarm } from "../../events/alarm.ts";
import { acceptedAt, type AcceptedCase, mostAccepted } from "../../shared/accepted-windows.ts";
import type { Clock } from "../../shared/clock.ts";
import type { FailedRecords } from "../../shared/failed-records.ts";
import type { Ledger } from "../../shared/ledger.ts";
import type { Policy } from "../../shared/policy.ts";
import type { Telemetry } from "../../shared/telemetry.ts";
import type { WindowStore } from "../../shared/window-store.ts";
import { isOverdue, type Window } from "../../shared/window.ts";
import type { Notices } from "./notices.ts";
import { wordFailedRecords } from "./word-failed-records.ts";
import { wordNotice } from "./word-notice.ts";

interface Options {
  userPoolId: string;
  stage: string;
  windows: Pick<WindowStore, "dueUntil" | "find">;
  accepted: Pick<Ledger<AcceptedCase>, "list">;
  failedRecords: Pick<FailedRecords, "list">;
  notices: Notices;
  policy: Pick<Policy, "overdueTolerance">;
  clock: Clock;
  telemetry: Telemetry;
}

const mostNamed = 10;
const mostRead = 1_000;

/**
 * Tells the people who get an alarm what it cannot tell itself: which users, why, and what to run. The alarm goes to
 * them in any case, so that nobody depends on this.
 */
export const createExplainAlarm = (options: Options) => async (event: unknown) => {
  const { alarmData } = v.parse(alarm, event);
  if (alarmData.state.value !== "ALARM") return;
  const { userPoolId, stage, clock, notices, telemetry } = options;
  const { alarmName, configuration } = alarmData;
  const now = clock.now();
  const about = { alarmName, description: configuration?.description, userPoolId, stage };
  if (alarmName.endsWith("-records-not-handled")) {
    const records = await options.failedRecords.list(mostRead);
    await notices.publish(wordFailedRecords({ ...about, records, uncounted: records.length === mostRead }));
    telemetry.log.info("alarm-explained", { alarm: alarmName, records: records.length });
    return;
  }
  const found = await troubledWindows(options, now);
  await notices.publish(wordNotice({ ...about, now, ...found }));
  telemetry.log.info("alarm-explained", { alarm: alarmName, named: found.named.length, more: found.more });
};

/** Open windows that failed to close, or are overdue, but for accepted ones: the longest due of them whole, the others counted. */
const troubledWindows = async ({ windows, accepted, userPoolId, policy }: Options, now: Date) => {
  const known = acceptedAt(await accepted.list(mostAccepted), now);
  const isTroubled = (window: Pick<Window, "attempts" | "dueAt">) =>
    window.attempts > 0 || isOverdue(window, policy.overdueTolerance, now);
  const named: Window[] = [];
  let more = 0;
  let read = 0;
  for await (const ref of windows.dueUntil(userPoolId, now)) {
    read += 1;
    if (read > mostRead) return { named, more, uncounted: true };
    if (ref !== "unreadable" && (!isTroubled(ref) || known.has(ref))) continue;
    if (ref === "unreadable" || named.length === mostNamed) more += 1;
    else {
      const { open } = await windows.find(ref);
      if (open?.windowId === ref.windowId && isTroubled(open)) named.push(open);
    }
  }
  return { named, more, uncounted: false };
};
