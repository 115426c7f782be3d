import * as v from "valibot";
import { instant } from "../events/instant.ts";
import { partition } from "./user-partition.ts";
import type { Seen } from "./seen.ts";
import {
  type ClosedWindow,
  type Fact,
  type FactTimes,
  plus,
  retention,
  timesWith,
  type UserKey,
  type Window,
} from "./window.ts";

const factors = v.object({ active: v.array(v.string()), preferred: v.optional(v.string()) });
const act = v.object({ at: instant, by: v.string(), reason: v.optional(v.string()), ticket: v.optional(v.string()) });
const kind = v.picklist(["reset-requested", "reset-confirmed", "signed-in"]);

const window = v.object({
  userPoolId: v.string(),
  sub: v.string(),
  windowId: v.string(),
  username: v.string(),
  origin: v.picklist(["reset-requested", "reset-confirmed", "drift", "enrol", "operator"]),
  openedAt: instant,
  dueAt: instant,
  cap: instant,
  gracePeriod: v.number(),
  factorsBefore: factors,
  facts: v.array(v.object({ id: v.string(), kind, at: instant })),
  counts: v.object({ "reset-requested": v.number(), "reset-confirmed": v.number(), "signed-in": v.number() }),
  // Absent on windows that a version before this attribute has written.
  times: v.optional(
    v.object({
      firstConfirmed: v.optional(instant),
      lastConfirmed: v.optional(instant),
      lastSignIn: v.optional(instant),
    }),
  ),
  openedBy: v.optional(act),
  changes: v.array(
    v.object({
      ...act.entries,
      kind: v.picklist(["extended", "replanned", "retried", "accepted"]),
      dueAt: instant,
      until: v.optional(instant),
    }),
  ),
  closeAsked: v.optional(act),
  accepted: v.optional(v.object({ ...act.entries, until: instant })),
  switchingOffUntil: v.optional(instant),
  switchingOffVersion: v.optional(v.number()),
  attempts: v.number(),
  lastFailure: v.optional(v.object({ at: instant, error: v.string(), message: v.string() })),
  nextTryAt: v.optional(instant),
  goneSince: v.optional(instant),
  version: v.number(),
});

const closed = v.object({
  ...window.entries,
  closedAt: instant,
  outcome: v.picklist(["re-enabled", "already-enabled", "user-gone", "observed"]),
  evidence: v.optional(v.object({ before: factors, after: factors })),
});

const seen = v.object({
  checkedAt: v.optional(instant),
  known: v.boolean(),
  emailMfa: v.optional(v.boolean()),
  watchedUntil: v.optional(instant),
  driftedAt: v.optional(instant),
});

const itemKey = v.object({ item: v.string() });

/** Dates as text, and nothing undefined: what DynamoDB can keep. */
const stored = (value: object): Record<string, unknown> =>
  v.parse(v.record(v.string(), v.unknown()), JSON.parse(JSON.stringify(value)));

/** `openIn` stands on open windows alone, which keeps the index `due` sparse. */
export const openItem = (open: Window) => ({
  ...stored(open),
  user: partition(open),
  item: "open",
  openIn: open.userPoolId,
});

/** The same key however often, and by whomever, the same window is closed. */
export const closedItem = (window: ClosedWindow): Record<string, unknown> & { user: string; item: string } => ({
  ...stored(window),
  user: partition(window),
  item: `closed#${window.openedAt.toISOString()}#${window.windowId}`,
  expiresAt: Math.floor(plus(window.closedAt, retention).getTime() / 1000),
});

export const openFrom = (item: unknown): Window => withTimes(v.parse(window, item));
export const closedFrom = (item: unknown): ClosedWindow => withTimes(v.parse(closed, item));

const withTimes = <Stored extends { times?: FactTimes | undefined; facts: Fact[] }>(stored: Stored) => ({
  ...stored,
  times: stored.times ?? stored.facts.reduce<FactTimes>(timesWith, {}),
});

/**
 * Sorts items by what they are; of several closed windows the first. Items of the ledgers are left out, and so are a look and a
 * closed window that make no sense: without them the user is looked at again. Throws for an open window that makes none.
 */
export const readItems = (items: unknown[]): { open?: Window; seen?: Seen; lastClosed?: ClosedWindow } => {
  const found: { open?: Window; seen?: Seen; lastClosed?: ClosedWindow } = {};
  for (const item of items) {
    const { item: key } = v.parse(itemKey, item);
    if (key === "open") found.open = openFrom(item);
    else if (key === "seen" && v.is(seen, item)) found.seen = v.parse(seen, item);
    else if (key.startsWith("closed#") && v.is(closed, item)) found.lastClosed ??= closedFrom(item);
  }
  return found;
};

/** As much of an open window as the index `due` holds. */
export interface OverdueRef extends UserKey {
  windowId: string;
  dueAt: Date;
  attempts: number;
  nextTryAt?: Date | undefined;
}

const overdueRef = v.object({
  userPoolId: v.string(),
  sub: v.string(),
  windowId: v.string(),
  dueAt: instant,
  attempts: v.number(),
  nextTryAt: v.optional(instant),
});

/** Undefined for a row that is not what this version, or any, of the service writes. */
export const overdueRefFrom = (item: unknown): OverdueRef | undefined => {
  const parsed = v.safeParse(overdueRef, item);
  return parsed.success ? parsed.output : undefined;
};
