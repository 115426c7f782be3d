import { minute } from "../../shared/config/duration.ts";
import type { FailedRecord, FailedRecords } from "../../shared/ledgers/failed-records.ts";
import type { Clock } from "../../shared/runtime/clock.ts";
import type { Telemetry } from "../../shared/telemetry/telemetry.ts";
import type { RecordsQueue } from "./records-queue.ts";

interface Options {
  failedRecords: Pick<FailedRecords, "list">;
  records: RecordsQueue;
  clock: Clock;
  telemetry: Telemetry;
}

/** Where the count of remembered records stops: "1,000" says as much as the number. */
const mostCounted = 1_000;

/** How many go to the queue in one run. */
const mostSent = 100;

/** How many are sent between two looks at the time that is left. */
const sentAtOnce = 10;

/** A queue as long as this gets no more: what it holds is not being handled. */
const mostWaiting = 1_000;

/**
 * Counts the records whose users nobody has looked at (`RecordsNotHandled`, up to 1,000), and puts up to 100 of them on the
 * RECORDS queue once more, while `mayGoOn`. record-reset forgets each when it is done with it. Gives the two numbers; throws what the table or
 * the queue threw.
 */
export const sendFailedRecordsAgain = async (
  { failedRecords, records, clock, telemetry }: Options,
  mayGoOn: () => boolean,
): Promise<{ recordsNotHandled: number; recordsSentAgain: number }> => {
  const remembered = await failedRecords.list(mostCounted);
  const recordsNotHandled = remembered.length;
  telemetry.metrics.add("RecordsNotHandled", recordsNotHandled);
  // The alarm must not wait for the queue, which may be what is down.
  await telemetry.flush();
  if (recordsNotHandled === 0 || (await records.waiting()) >= mostWaiting)
    return { recordsNotHandled, recordsSentAgain: 0 };
  const turn = turnOf(remembered, Math.floor(clock.now().getTime() / (5 * minute)));
  let recordsSentAgain = 0;
  while (recordsSentAgain < turn.length && mayGoOn()) {
    const few = turn.slice(recordsSentAgain, recordsSentAgain + sentAtOnce);
    await records.sendAgain(few.map(({ failedAt: _, ...record }) => record));
    recordsSentAgain += few.length;
  }
  return { recordsNotHandled, recordsSentAgain };
};

/** As many as one run sends, others at each round: a hundred that can never be handled must not keep back the rest. */
const turnOf = (remembered: FailedRecord[], round: number): FailedRecord[] => {
  const first = (round * mostSent) % remembered.length;
  return [...remembered.slice(first), ...remembered.slice(0, first)].slice(0, mostSent);
};
