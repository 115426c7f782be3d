import { type AcceptedWindows, mostAccepted } from "../../shared/ledgers/accepted-windows.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { withoutAddresses } from "../../shared/telemetry/telemetry.ts";
import type { Count, DueIndex, DueRow } from "../../shared/windows/due-index.ts";
import { firstImpossible } from "../../shared/windows/impossible.ts";
import type { OverdueRef } from "../../shared/windows/window-items.ts";
import { findAccepted } from "./accepted.ts";

/** Where a count stops: "10,000" says as much as the exact number, and limits the cost of each run. */
export const mostCounted = 10_000;

/** How many of the longest due to read. Usually that is all of them, and the rest needs no count. */
const front = 100;

/** How many users a log line of an error names. */
const mostNamed = 10;

export interface CountOptions {
  index: DueIndex;
  userPoolId: string;
  /** Known cases, which stay out of the counts until their acceptance ends. */
  accepted: AcceptedWindows;
  /** `overdueTolerance` in milliseconds. */
  tolerance: number;
  now: Date;
  /** For windows due at this moment or before, no timer is on its way any more. */
  pastDue: Date;
  mayGoOn: () => boolean;
}

export interface Overdue {
  /** Past due by more than the tolerance, and not accepted. */
  overdue: Count;
  /** The overdue windows that no run has counted yet, or whose acceptance has ended since the last run. */
  newly: Count;
  /** All windows due before this have been counted. */
  countedDueBefore: Date;
  /** Seconds by which the longest due window is past due, without accepted windows and rows that make no sense. */
  oldest: number;
  /** Rows that make no sense among the longest due. */
  unreadable: number;
  /** Due later than any window can be. */
  impossible: Count;
  /** Some of these windows, by `sub`. */
  impossibleSubs: string[];
}

/**
 * Counts the windows of this pool that should not be open, with a bounded number of reads. `countedDueBefore` is what
 * the last run left. If it is undefined or in the future, all overdue windows count as new.
 */
export const countOverdue = async (options: CountOptions, countedDueBefore: Date | undefined): Promise<Overdue> => {
  const { index, userPoolId, accepted, tolerance, now, pastDue, mayGoOn } = options;
  const dueBefore = plus(now, -tolerance);
  const until = plus(dueBefore, -1);
  const from = countedDueBefore !== undefined && countedDueBefore > now ? undefined : countedDueBefore;
  const lastRun = from === undefined ? now : plus(from, tolerance);
  const longestDue = await index.rows(userPoolId, { until: pastDue }, front);
  const readable = readableOf(longestDue.rows);
  const known = longestDue.next === undefined ? readable : await findAccepted(options, until, lastRun);
  const count = async (first: Date | undefined): Promise<Count> => {
    if (first !== undefined && first > until) return { count: 0, atLeast: false };
    const held = known.filter((window) => accepted.has(window) && isBetween(window.dueAt.toISOString(), first, until));
    if (longestDue.next !== undefined) {
      const all = await index.count(userPoolId, { from: first, until }, mostCounted, mayGoOn);
      return { ...all, count: Math.max(0, all.count - held.length) };
    }
    const rows = longestDue.rows.filter(({ key: { dueAt } }) => isBetween(dueAt, first, until));
    return { count: rows.length - held.length, atLeast: false };
  };
  const overdue = await count(undefined);
  return {
    overdue,
    newly: from === undefined ? overdue : withMore(await count(from), endedSince(known, accepted, from, lastRun)),
    countedDueBefore: dueBefore,
    oldest: await oldestOf(options, longestDue),
    unreadable: longestDue.rows.length - readable.length,
    ...(await countImpossible(options)),
  };
};

const readableOf = (rows: DueRow[]): OverdueRef[] =>
  rows.flatMap(({ window }) => (window === "unreadable" ? [] : [window]));

/**
 * Counts the windows whose acceptance has ended since the last run: they were overdue before, and count from now on.
 */
const endedSince = (known: OverdueRef[], accepted: AcceptedWindows, from: Date, lastRun: Date): number =>
  known.filter((window) => window.dueAt < from && accepted.hasEndedSince(window, lastRun)).length;

const withMore = ({ count, atLeast }: Count, more: number): Count => ({ count: count + more, atLeast });

/** Reads further only past accepted windows, and no further than there can be of them. */
const oldestOf = async (
  { index, userPoolId, accepted, now, pastDue, mayGoOn }: CountOptions,
  front: Awaited<ReturnType<DueIndex["rows"]>>,
): Promise<number> => {
  let { rows, next } = front;
  for (let read = rows.length; ; read += rows.length) {
    const longest = readableOf(rows).find((window) => !accepted.has(window));
    if (longest !== undefined) return (now.getTime() - longest.dueAt.getTime()) / 1000;
    if (next === undefined || read > mostAccepted || !mayGoOn()) return 0;
    ({ rows, next } = await index.rows(userPoolId, { until: pastDue }, mostAccepted, next));
  }
};

/** Compares as the index does: by the text. */
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
