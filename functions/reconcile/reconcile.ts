import type { Due } from "../../events/due.ts";
import type { Clock } from "../../shared/clock.ts";
import { minute } from "../../shared/duration.ts";
import type { AcceptedWindows } from "../../shared/accepted-windows.ts";
import type { Policy } from "../../shared/policy.ts";
import type { DueQueue } from "../../shared/queues.ts";
import type { Telemetry } from "../../shared/telemetry.ts";
import { dueMessage } from "../../shared/timers.ts";
import type { WindowStore } from "../../shared/window-store.ts";
import { isOverdue, plus } from "../../shared/window.ts";

interface Options {
  userPoolId: string;
  windows: Pick<WindowStore, "dueUntil" | "countOpen">;
  queue: Pick<DueQueue, "sendAll" | "depth">;
  /** Which overdue windows are known cases at that instant: they do not count, and are tried as the others. */
  readAccepted: (now: Date) => Promise<AcceptedWindows>;
  /** Counts the records that nobody has handled, and sends them again; gives what is to be logged of it. */
  sendFailedRecordsAgain: () => Promise<{ recordsNotHandled: number; recordsSentAgain: number }>;
  policy: Pick<Policy, "reEnableRate" | "overdueTolerance">;
  clock: Clock;
  telemetry: Telemetry;
}

/** How often it runs, as serverless.yml says. */
const interval = 5 * minute;

/** Scheduler fires within a minute of the time it was given; until then a timer is not late. */
const timerPrecision = minute;

/** Where the count of open windows stops: in a mass reset, "1,000" says as much as the number, and costs no more each time. */
const mostCounted = 1_000;

/**
 * Finds every window that should be closed by now, whatever became of its timer, by the table alone, and puts it on the
 * DUE queue: the longest due first, and no more than the workers get through before it runs again.
 */
export const createReconcile =
  ({ userPoolId, windows, queue, readAccepted, sendFailedRecordsAgain, policy, clock, telemetry }: Options) =>
  async (): Promise<void> => {
    const now = clock.now();
    const most = (policy.reEnableRate * interval) / 1000;
    const accepted = await readAccepted(now);
    const nudges: Due[] = [];
    let overdue = 0;
    let unreadable = 0;
    let oldest = 0;
    for await (const window of windows.dueUntil(userPoolId, plus(now, -timerPrecision))) {
      if (window === "unreadable") {
        unreadable += 1;
        continue;
      }
      if (!accepted.has(window)) {
        if (isOverdue(window, policy.overdueTolerance, now)) overdue += 1;
        oldest = Math.max(oldest, (now.getTime() - window.dueAt.getTime()) / 1000);
      }
      const isToBeTried = window.nextTryAt === undefined || window.nextTryAt <= now;
      if (isToBeTried && nudges.length < most) nudges.push(dueMessage(window));
    }
    // Nobody can tell whose they are and since when: a person has to look.
    if (unreadable > 0) telemetry.log.error("windows-unreadable", { unreadable });
    telemetry.metrics.add("WindowsOverdue", overdue + unreadable);
    telemetry.metrics.add("OldestOverdue", oldest);
    // The alarm must not wait for the queue, which may be what is down.
    await telemetry.flush();
    const nudged = nudges.slice(0, Math.max(0, most - (await queue.depth())));
    await queue.sendAll(nudged);
    const failedRecords = await sendFailedRecordsAgain();
    const open = await windows.countOpen(userPoolId, mostCounted);
    telemetry.metrics.add("WindowsOpen", open);
    telemetry.metrics.add("ReconcilerHeartbeat", 1);
    telemetry.log.info("reconciled", { open, overdue, oldestSeconds: oldest, nudged: nudged.length, ...failedRecords });
    await telemetry.flush();
  };
