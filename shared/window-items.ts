import * as v from "valibot";
import { instant } from "../events/instant.ts";
import { day } from "./duration.ts";
import { partition } from "./user-partition.ts";
import { type ClosedWindow, plus, type Seen, type UserKey, type Window } from "./window.ts";

/** How long closed windows are kept with their evidence. */
const retention = 400 * day;

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
  version: v.number(),
});

const closed = v.object({
  ...window.entries,
  closedAt: instant,
  outcome: v.picklist(["re-enabled", "already-enabled", "user-gone", "observed"]),
  evidence: v.optional(v.object({ before: factors, after: factors })),
});

const seen = v.object({ checkedAt: v.optional(instant), known: v.boolean() });

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

export const seenItem = (user: UserKey, value: Seen) => ({ ...stored(value), user: partition(user), item: "seen" });

export const openFrom = (item: unknown): Window => v.parse(window, item);
export const closedFrom = (item: unknown): ClosedWindow => v.parse(closed, item);

/** Sorts items by what they are; of several closed windows the first. Items of the ledgers are left out. */
export const readItems = (items: unknown[]): { open?: Window; seen?: Seen; lastClosed?: ClosedWindow } => {
  const found: { open?: Window; seen?: Seen; lastClosed?: ClosedWindow } = {};
  for (const item of items) {
    const { item: key } = v.parse(itemKey, item);
    if (key === "open") found.open = openFrom(item);
    else if (key === "seen") found.seen = v.parse(seen, item);
    else if (key.startsWith("closed#")) found.lastClosed ??= closedFrom(item);
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
