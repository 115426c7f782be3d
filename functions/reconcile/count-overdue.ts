import type { Count, DueIndex } from "../../shared/due-index.ts";
import { firstImpossible } from "../../shared/impossible.ts";
import { withoutAddresses } from "../../shared/telemetry.ts";
import { plus } from "../../shared/window.ts";

/** Where a count stops: "10,000" says as much as the number, and costs no more each time. */
export const mostCounted = 10_000;

/** How many of the longest due are read. Mostly that is all there are, and nothing else has to be counted. */
const front = 100;

/** How many users an error line names. */
const mostNamed = 10;

export interface CountOptions {
  index: DueIndex;
  userPoolId: string;
  /** `overdueTolerance` in milliseconds. */
  tolerance: number;
  now: Date;
  /** Windows due at this moment or before have no timer on its way any more. */
  pastDue: Date;
  mayGoOn: () => boolean;
}

export interface Overdue {
  /** Past due by more than the tolerance. */
  overdue: Count;
  /** Those of them that no run has counted yet. */
  newly: Count;
  /** Windows due before this have been counted by now. */
  countedDueBefore: Date;
  /** Seconds by which the longest due that makes sense is past due. */
  oldest: number;
  /** Rows that make no sense among the longest due. */
  unreadable: number;
  /** Due later than any window can be. */
  impossible: Count;
  /** Some of these, by `sub`. */
  impossibleSubs: string[];
}

/**
 * Counts the windows of this pool that should not be open, by a bounded number of reads. `countedDueBefore` is what the
 * last run left; undefined, or of the future, counts all overdue windows as new.
 */
export const countOverdue = async (options: CountOptions, countedDueBefore: Date | undefined): Promise<Overdue> => {
  const { index, userPoolId, tolerance, now, pastDue, mayGoOn } = options;
  const dueBefore = plus(now, -tolerance);
  const until = plus(dueBefore, -1);
  const from = countedDueBefore !== undefined && countedDueBefore > now ? undefined : countedDueBefore;
  const longestDue = await index.rows(userPoolId, { until: pastDue }, front);
  const count = async (first: Date | undefined): Promise<Count> => {
    if (first !== undefined && first > until) return { count: 0, atLeast: false };
    if (longestDue.next !== undefined) return index.count(userPoolId, { from: first, until }, mostCounted, mayGoOn);
    const rows = longestDue.rows.filter(({ key: { dueAt } }) => isBetween(dueAt, first, until));
    return { count: rows.length, atLeast: false };
  };
  const overdue = await count(undefined);
  const newly = from === undefined ? overdue : await count(from);
  const readable = longestDue.rows.flatMap(({ window }) => (window === "unreadable" ? [] : [window]));
  const [longest] = readable;
  return {
    overdue,
    newly,
    countedDueBefore: dueBefore,
    oldest: longest === undefined ? 0 : (now.getTime() - longest.dueAt.getTime()) / 1000,
    unreadable: longestDue.rows.length - readable.length,
    ...(await countImpossible(options)),
  };
};

/** As the index compares: by the text. */
const isBetween = (dueAt: string, from: Date | undefined, until: Date): boolean =>
  dueAt <= until.toISOString() && (from === undefined || dueAt >= from.toISOString());

const countImpossible = async ({ index, userPoolId, tolerance, now, mayGoOn }: CountOptions) => {
  const beyond = { from: firstImpossible(now, tolerance) };
  const impossible = await index.count(userPoolId, beyond, mostCounted, mayGoOn);
  const named = impossible.count === 0 ? [] : (await index.rows(userPoolId, beyond, mostNamed)).rows;
  return {
    impossible,
    impossibleSubs: named.flatMap(({ window }) => (window === "unreadable" ? [] : [withoutAddresses(window.sub)])),
  };
};
