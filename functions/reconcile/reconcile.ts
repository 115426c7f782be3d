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
  /** Which overdue windows are known cases: they do not count, but are tried like the others. */
  accepted: Pick<Ledger<AcceptedCase>, "list">;
  /** Counts the failed records, and sends them again while it may go on. Returns the fields for the log. */
  sendFailedRecordsAgain: (mayGoOn: () => boolean) => Promise<{ recordsNotHandled: number; recordsSentAgain: number }>;
  deadLetterQueues: readonly DeadLetterQueue[];
  state: Pick<Ledger<ReconcilerState>, "list" | "put">;
  servedPools: Pick<Ledger<ServedPool>, "list" | "put">;
  policy: Pick<Policy, "reEnableRate" | "overdueTolerance">;
  clock: Clock;
  telemetry: Telemetry;
}

/** How often it runs, in milliseconds; the same as in serverless.yml. */
const interval = 5 * minute;

/** Scheduler fires within a minute of a timer's time; until then a timer is not late. */
const timerPrecision = minute;

/**
 * Where the count of open windows stops: in a mass reset, "1,000" says as much as the exact number, and limits the cost
 * of each run.
 */
const mostOpenCounted = 1_000;

/** Milliseconds that must be left of the run to continue with a part of it, so that the later parts have time. */
const reserve = { counting: 35_000, nudging: 20_000, lookingForPools: 12_000 };

/**
 * Finds the windows that should be closed by now from the table alone, with or without their timers: counts them, and
 * puts them on the DUE queue. Sends the failed records again. The reads of a run are bounded, so that half a million
 * windows past due cannot stop it from counting, nudging and reporting its heartbeat. If counting, nudging or sending
 * fails, the run has no heartbeat. If another part fails, the run fails after the heartbeat.
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
    // If these cannot be read, all of them count, and the alarm fires.
    const accepted = acceptedAt(known ?? [], now);

    const counting = { ...look, accepted, tolerance: policy.overdueTolerance, mayGoOn: whileLeft(reserve.counting) };
    const reported = await reportOverdue(counting, { steps, telemetry }, memory.before, served);
    // Reports first: the alarms must not wait for the queue, which may be the part that is down.
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
 * Reads what the last run left. If that fails, the run counts everything as new and does not overwrite the entry, so
 * the next run catches up.
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

/** Logs unreadable rows as an error: their user and age are unknown, so a person has to look. */
const logUnreadable = ({ log }: Telemetry, unreadable: number): void => {
  if (unreadable > 0) log.error("windows-unreadable", { unreadable });
};

/** Reports the letters that have arrived since the last run. Returns how many each queue contains. */
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
