import type { Due } from "../../events/due.ts";
import type { DueQueue } from "../../shared/queues/queues.ts";
import { dueMessage } from "../../shared/queues/timers.ts";
import type { DueIndex, DueKey, DueRow } from "../../shared/windows/due-index.ts";
import { isTryDue } from "./try-due.ts";

/** Rows to read in one run, so that its reads do not grow with the number of windows past due. */
const mostRead = 10_000;

/** Rows to read and nudge between two checks of the time that is left. */
const pageSize = 500;

/**
 * The part of `most` that a full queue still gets: windows that fail forever can fill it, because each goes back to it.
 * A superfluous message costs one read.
 */
const leastShare = 0.1;

interface Options {
  index: Pick<DueIndex, "rows">;
  queue: Pick<DueQueue, "sendAll" | "depth">;
  userPoolId: string;
  /** How many messages the queue may contain: as many as the workers handle until the next run. */
  most: number;
  now: Date;
  /** For windows due at this moment or before, no timer is on its way any more. */
  pastDue: Date;
  mayGoOn: () => boolean;
}

export interface Nudged {
  nudged: number;
  unreadable: number;
  /**
   * Where the next run continues. Undefined if this run saw every window past due: the next one then begins at the
   * longest due.
   */
  until: DueKey | undefined;
}

/**
 * Puts windows past due on the DUE queue, the longest due first. Starts after the row where the last run stopped, and
 * continues from the beginning after the last row, so that windows that fail forever do not block the others.
 */
export const nudge = async (options: Options, from: DueKey | undefined): Promise<Nudged> => {
  const { index, queue, userPoolId, most, now, pastDue, mayGoOn } = options;
  const range = { until: pastDue };
  const seen = new Set<string>();
  let room = Math.max(most - (await queue.depth()), Math.ceil(most * leastShare));
  // DynamoDB refuses a start key outside the range, which can happen if the clock runs behind.
  let until = from !== undefined && from.openIn === userPoolId && isWithin(from, pastDue) ? from : undefined;
  let beganAtFront = until === undefined;
  const done: Nudged = { nudged: 0, unreadable: 0, until };
  while (room > 0 && seen.size < mostRead && mayGoOn()) {
    const { rows, next } = await index.rows(userPoolId, range, Math.min(pageSize, mostRead - seen.size), until);
    const { dues, unreadable, last, isFull, cameRound } = choose(rows, seen, room, now);
    await queue.sendAll(dues);
    room -= dues.length;
    done.nudged += dues.length;
    done.unreadable += unreadable;
    until = last ?? next ?? until;
    if (cameRound) return { ...done, until: undefined };
    if (next === undefined && !isFull) {
      if (beganAtFront) return { ...done, until: undefined };
      beganAtFront = true;
      until = undefined;
    }
  }
  return { ...done, until };
};

const isWithin = ({ dueAt }: DueKey, until: Date): boolean => dueAt <= until.toISOString();

/**
 * Returns the messages for the rows whose next try has come, as many as there is room for, up to a row that was seen
 * before.
 */
const choose = (rows: DueRow[], seen: Set<string>, room: number, now: Date) => {
  const dues: Due[] = [];
  let unreadable = 0;
  let last: DueKey | undefined;
  for (const { key, window } of rows) {
    if (dues.length === room) return { dues, unreadable, last, isFull: true, cameRound: false };
    const id = `${key.user} ${key.item}`;
    if (seen.has(id)) return { dues, unreadable, last, isFull: false, cameRound: true };
    seen.add(id);
    last = key;
    if (window === "unreadable") unreadable += 1;
    else if (isTryDue(window, now)) dues.push(dueMessage(window));
  }
  return { dues, unreadable, last, isFull: false, cameRound: false };
};
