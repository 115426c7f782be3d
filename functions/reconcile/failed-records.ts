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

/** Where the count of failed records stops: "1,000" says as much as the exact number. */
const mostCounted = 1_000;

/** How many records one run sends to the queue. */
const mostSent = 100;

/** How many are sent between two checks of the time that is left. */
const sentAtOnce = 10;

/** A queue of this length gets no more records, because its messages are not being handled. */
const mostWaiting = 1_000;

/**
 * Counts the failed records whose users still need a look (`RecordsNotHandled`, up to 1,000), and puts up to 100 of
 * them on the RECORDS queue again, while `mayGoOn`. record-reset removes each from the ledger when it is done with it.
 * Returns both numbers. Throws the errors of the table and the queue.
 */
export const sendFailedRecordsAgain = async (
  { failedRecords, records, clock, telemetry }: Options,
  mayGoOn: () => boolean,
): Promise<{ recordsNotHandled: number; recordsSentAgain: number }> => {
  const remembered = await failedRecords.list(mostCounted);
  const recordsNotHandled = remembered.length;
  telemetry.metrics.add("RecordsNotHandled", recordsNotHandled);
  // Reports first: the alarm must not wait for the queue, which may be the part that is down.
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

/**
 * Picks as many records as one run sends, different ones in each run: a hundred that can never be handled must not
 * block the rest.
 */
const turnOf = (remembered: FailedRecord[], round: number): FailedRecord[] => {
  const first = (round * mostSent) % remembered.length;
  return [...remembered.slice(first), ...remembered.slice(0, first)].slice(0, mostSent);
};
