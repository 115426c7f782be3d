import type { Telemetry } from "../../shared/telemetry/telemetry.ts";
import { type CountOptions, countOverdue, type Overdue } from "./count-overdue.ts";
import { countOtherPools, type ServedPools } from "./other-pools.ts";
import type { ReconcilerState } from "./state.ts";
import type { Steps } from "./steps.ts";

/** What the rest of the run needs. */
export interface Reported {
  /** What the next run starts from. */
  remembered: Pick<ReconcilerState, "countedDueBefore" | "overdue">;
  unreadable: number;
  /** For the log. */
  summary: { overdue: number; overdueAtLeast: boolean; newlyOverdue: number; oldestSeconds: number };
}

/**
 * Counts the overdue windows of this pool and of pools that the stack no longer looks after, and reports the total and
 * the new ones since the last run. New is the larger of two numbers: the windows that have become overdue by the clock
 * since then, and the growth of the total. A window that is opened past due, or a row that this service did not write,
 * has no time at which it became overdue.
 */
export const reportOverdue = async (
  counting: CountOptions,
  { steps, telemetry }: { steps: Steps; telemetry: Pick<Telemetry, "log" | "metrics"> },
  before: ReconcilerState | undefined,
  served: ServedPools | undefined,
): Promise<Reported> => {
  const own = await countOverdue(counting, before?.countedDueBefore);
  const others = served && (await steps.attempt("count-other-pools", () => countOtherPools(counting, served)));
  const all = [own.overdue, own.impossible, ...(others ?? [])];
  const overdue = all.reduce((sum, { count }) => sum + count, 0);
  const newly = before === undefined ? overdue : Math.max(own.newly.count, overdue - before.overdue);
  telemetry.metrics.add("WindowsOverdue", overdue);
  telemetry.metrics.add("OldestOverdue", own.oldest);
  telemetry.metrics.add("WindowsNewlyOverdue", newly);
  logImpossible(telemetry, own);
  for (const { userPoolId, count, atLeast } of others ?? []) {
    telemetry.log.error("windows-of-another-pool", { userPoolId, open: count, atLeast });
  }
  return {
    remembered: {
      countedDueBefore: own.countedDueBefore,
      // Windows that could not be counted still exist.
      overdue: others === undefined ? Math.max(overdue, before?.overdue ?? 0) : overdue,
    },
    unreadable: own.unreadable,
    summary: {
      overdue,
      overdueAtLeast: all.some(({ atLeast }) => atLeast),
      newlyOverdue: newly,
      oldestSeconds: own.oldest,
    },
  };
};

const logImpossible = ({ log }: Pick<Telemetry, "log">, { impossible, impossibleSubs }: Overdue): void => {
  if (impossible.count === 0) return;
  log.error("windows-impossible", {
    impossible: impossible.count,
    atLeast: impossible.atLeast,
    subs: impossibleSubs.join(" "),
  });
};
