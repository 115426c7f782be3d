import type { Context } from "aws-lambda";
import { minute } from "../../shared/config/duration.ts";
import type { Policy } from "../../shared/config/policy.ts";
import { acceptedAt, type AcceptedCase, mostAccepted } from "../../shared/ledgers/accepted-windows.ts";
import type { Ledger } from "../../shared/ledgers/ledger.ts";
import { mostServedPools, type ServedPool } from "../../shared/ledgers/served-pools.ts";
import type { DueQueue } from "../../shared/queues/queues.ts";
import type { Clock } from "../../shared/runtime/clock.ts";
import { plus } from "../../shared/runtime/instants.ts";
import type { Telemetry } from "../../shared/telemetry/telemetry.ts";
import type { DueIndex } from "../../shared/windows/due-index.ts";
import { deadLetterArrivals, type DeadLetterQueue } from "./dead-letter-arrivals.ts";
import { nudge } from "./nudge.ts";
import { keepServedPools } from "./other-pools.ts";
import { reportOverdue } from "./report-overdue.ts";
import { type ReconcilerState, stateKey } from "./state.ts";
import { createSteps, type Steps } from "./steps.ts";

interface Options {
  userPoolId: string;
  index: DueIndex;
  queue: Pick<DueQueue, "sendAll" | "depth">;
  /** Which overdue windows are known cases: they do not count, and are tried as the others. */
  accepted: Pick<Ledger<AcceptedCase>, "list">;
  /** Counts the records that nobody has handled, and sends them again while it may go on; gives what is to be logged of it. */
  sendFailedRecordsAgain: (mayGoOn: () => boolean) => Promise<{ recordsNotHandled: number; recordsSentAgain: number }>;
  deadLetterQueues: readonly DeadLetterQueue[];
  state: Pick<Ledger<ReconcilerState>, "list" | "put">;
  servedPools: Pick<Ledger<ServedPool>, "list" | "put">;
  policy: Pick<Policy, "reEnableRate" | "overdueTolerance">;
  clock: Clock;
  telemetry: Telemetry;
}

/** How often it runs, as serverless.yml says. */
const interval = 5 * minute;

/** Scheduler fires within a minute of the time it was given; until then a timer is not late. */
const timerPrecision = minute;

/** Where the count of open windows stops: in a mass reset, "1,000" says as much as the number, and costs no more each time. */
const mostOpenCounted = 1_000;

/** Milliseconds that must be left of the run to go on with a part of it, so that the parts behind it have their time. */
const reserve = { counting: 35_000, nudging: 20_000, lookingForPools: 12_000 };

/**
 * Finds the windows that should be closed by now, whatever became of their timers, by the table alone: counts them, and puts
 * them on the DUE queue. What it reads in a run is bounded, so that half a million windows past due do not keep it from
 * counting, nudging and its heartbeat. Sends the records again that failed. A failure to count, to nudge or to send those
 * leaves the run without a heartbeat; what fails besides ends it as failed, after the heartbeat.
 */
export const createReconcile =
  (options: Options) =>
  async (_event: unknown, context: Pick<Context, "getRemainingTimeInMillis">): Promise<void> => {
    const { userPoolId, index, queue, policy, clock, telemetry } = options;
    const now = clock.now();
    const look = { index, userPoolId, now, pastDue: plus(now, -timerPrecision) };
    const whileLeft = (milliseconds: number) => () => context.getRemainingTimeInMillis() > milliseconds;
    const steps = createSteps(telemetry);
    const memory = await recall(options, steps);
    const served = await steps.attempt("read-served-pools", () => options.servedPools.list(mostServedPools));

    const known = await steps.attempt("read-accepted", () => options.accepted.list(mostAccepted));
    // Where that cannot be read they count, which alarms.
    const accepted = acceptedAt(known ?? [], now);

    const counting = { ...look, accepted, tolerance: policy.overdueTolerance, mayGoOn: whileLeft(reserve.counting) };
    const reported = await reportOverdue(counting, { steps, telemetry }, memory.before, served);
    // The alarms must not wait for the queue, which may be what is down.
    await telemetry.flush();
    await memory.remember(reported.remembered);

    const most = (policy.reEnableRate * interval) / 1000;
    const nudging = { ...look, queue, most, mayGoOn: whileLeft(reserve.nudging) };
    const { nudged, unreadable, until } = await nudge(nudging, memory.before?.nudgedUntil);
    const open = await index.count(userPoolId, {}, mostOpenCounted, whileLeft(reserve.nudging));
    const failedRecords = await steps.attempt("send-failed-records", () =>
      options.sendFailedRecordsAgain(whileLeft(reserve.nudging)),
    );
    logUnreadable(telemetry, Math.max(unreadable, reported.unreadable));
    telemetry.metrics.add("WindowsOpen", open.count);
    if (failedRecords !== undefined) telemetry.metrics.add("ReconcilerHeartbeat", 1);
    telemetry.log.info("reconciled", { open: open.count, ...reported.summary, nudged, ...failedRecords });
    await telemetry.flush();

    const deadLetters = memory.isLost ? undefined : await reportArrivals(options, steps, memory.before?.deadLetters);
    await telemetry.flush();
    const looking = { ...look, ledger: options.servedPools, mayGoOn: whileLeft(reserve.lookingForPools) };
    let lookedUntil = memory.before?.lookedUntil;
    await steps.attempt("keep-served-pools", async () => {
      if (served !== undefined) lookedUntil = await keepServedPools(looking, served, lookedUntil);
    });
    await memory.remember({ ...reported.remembered, nudgedUntil: until, deadLetters, lookedUntil });
    steps.throwFirstFailure();
  };

/**
 * What the last run left. Where that cannot be read the run counts everything as new, and leaves what is there to the next
 * run, which catches up.
 */
const recall = async ({ state }: Options, steps: Steps) => {
  const found = await steps.attempt("recall", async () => ({ entry: (await state.list(1))[0]?.entry }));
  const before = found?.entry;
  let last = before;
  return {
    before,
    isLost: found === undefined,
    async remember(known: Pick<ReconcilerState, "countedDueBefore" | "overdue"> & Partial<ReconcilerState>) {
      const next: ReconcilerState = { deadLetters: {}, ...last, ...known };
      if (found === undefined || JSON.stringify(next) === JSON.stringify(last)) return;
      await steps.attempt("remember", async () => {
        await state.put(stateKey, next);
        last = next;
      });
    },
  };
};

/** Nobody can tell whose these rows are and since when: a person has to look. */
const logUnreadable = ({ log }: Telemetry, unreadable: number): void => {
  if (unreadable > 0) log.error("windows-unreadable", { unreadable });
};

/** Reports the letters that have come since the last run. Gives how many each queue holds. */
const reportArrivals = async (
  { deadLetterQueues, telemetry }: Options,
  steps: Steps,
  before: Record<string, number> = {},
): Promise<Record<string, number>> => {
  const { arrived, deadLetters, failures } = await deadLetterArrivals(deadLetterQueues, before);
  for (const { queue, letters } of arrived) {
    telemetry.metrics.add("DeadLettersArrived", letters, { name: "queue", value: queue });
    telemetry.log.warn("dead-letters-arrived", { queue, letters });
  }
  for (const failure of failures) steps.failed("read-dead-letter-queue", failure);
  return deadLetters;
};
