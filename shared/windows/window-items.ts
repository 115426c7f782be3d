import * as v from "valibot";
import { instant } from "../../events/instant.ts";
import { plus } from "../runtime/instants.ts";
import type { UserKey } from "../users/user-key.ts";
import type { Look, Seen } from "./seen.ts";
import type { Changes } from "./update-expression.ts";
import { partition } from "./user-partition.ts";
import { timesWith } from "./window-facts.ts";
import { type ClosedWindow, type Fact, type FactTimes, retention, type Window } from "./window.ts";

/** What the table knows about a user: the last look, and the newest window, open or closed. */
export interface UserRow {
  /**
   * Counts the changes of the window; 0 before the first one. A change is written only over the version that it started
   * from.
   */
  version: number;
  seen?: Seen;
  open?: Window;
  /** The newest window, if it has closed. */
  lastClosed?: ClosedWindow;
  /** When the window before the newest one closed. */
  earlierClosedAt?: Date | undefined;
}

/** The sort key of a user's row. */
export const rowKey = "now";

/**
 * The sort key of an item that says only that Email MFA was seen on. It outlives the row, which TTL deletes with an old
 * window.
 */
export const knownKey = "seen";

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
  // Windows written before version 0.1 do not have it.
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

const attributes = v.record(v.string(), v.unknown());

const row = v.object({
  version: v.optional(v.number(), 0),
  window: v.optional(attributes),
  earlierClosedAt: v.optional(instant),
});

/**
 * Returns the row in an item. Leaves out a look or a closed window that makes no sense: without it, the user gets
 * another look. Throws for an open window that makes no sense.
 */
export const rowFrom = (item: unknown): UserRow => {
  const { version, window: ofWindow, earlierClosedAt } = v.parse(row, item);
  const looked = v.safeParse(seen, item);
  const found: UserRow = { version, ...(looked.success && { seen: looked.output }), earlierClosedAt };
  if (ofWindow === undefined) return found;
  const newest = { ...v.parse(attributes, item), ...ofWindow };
  if (ofWindow["closedAt"] === undefined) return { ...found, open: openFrom(newest) };
  return v.is(closed, newest) ? { ...found, lastClosed: closedFrom(newest) } : found;
};

/** Converts dates to text and drops undefined values, for DynamoDB. */
const stored = (value: object): Record<string, unknown> => v.parse(attributes, JSON.parse(JSON.stringify(value)));

/**
 * Returns the row's attributes that hold a window. The attributes for the index `due` are next to `window` and not
 * repeated in it.
 */
const windowAttributes = (window: Window): Changes["set"] => {
  const { version, windowId, userPoolId, sub, dueAt, attempts, nextTryAt, ...rest } = window;
  return {
    window: stored(rest),
    version,
    windowId,
    userPoolId,
    sub,
    dueAt: dueAt.toISOString(),
    attempts,
    nextTryAt: nextTryAt?.toISOString(),
  };
};

/** Returns the attributes of an open window. Only open windows have `openIn`, which keeps the index `due` sparse. */
export const openAttributes = (open: Window): Changes["set"] => ({
  ...windowAttributes(open),
  openIn: open.userPoolId,
  expiresAt: undefined,
});

/** Returns the attributes of a closed window: out of the index, and with the time at which TTL deletes it. */
export const closedAttributes = (window: ClosedWindow): Changes["set"] => ({
  ...windowAttributes(window),
  openIn: undefined,
  expiresAt: expiryOf(window),
});

/**
 * Returns the changes of a look at the user, for a write that has not read the row: two looks at once both count, and
 * what was known stays known.
 */
export const lookChanges = ({ checkedAt, known, emailMfa, watchedUntil, driftedAt }: Look): Changes => {
  const given = Object.entries({
    emailMfa,
    watchedUntil: watchedUntil?.toISOString(),
    driftedAt: driftedAt?.toISOString(),
  }).filter(([, value]) => value !== undefined);
  return {
    set: { checkedAt: checkedAt?.toISOString(), ...Object.fromEntries(given), ...(known && { known }) },
    ...(!known && { setIfAbsent: { known } }),
  };
};

const expiryOf = ({ closedAt }: Pick<ClosedWindow, "closedAt">): number =>
  Math.floor(plus(closedAt, retention).getTime() / 1000);

/** Returns the history item for a closed window when the next one opens. Its key is the same on every try. */
export const historyItem = (window: ClosedWindow): Record<string, unknown> & { user: string; item: string } => ({
  ...stored(window),
  user: partition(window),
  item: `closed#${window.openedAt.toISOString()}#${window.windowId}`,
  expiresAt: expiryOf(window),
});

export const openFrom = (item: unknown): Window => withTimes(v.parse(window, item));
export const closedFrom = (item: unknown): ClosedWindow => withTimes(v.parse(closed, item));

/** Returns the closed window in an item of the history, or undefined if the item makes no sense. */
export const historyFrom = (item: unknown): ClosedWindow | undefined =>
  v.is(closed, item) ? closedFrom(item) : undefined;

/** Returns the look in an item, or undefined if it makes no sense. */
export const seenFrom = (item: unknown): Seen | undefined => {
  const parsed = v.safeParse(seen, item);
  return parsed.success ? parsed.output : undefined;
};

const withTimes = <Stored extends { times?: FactTimes | undefined; facts: Fact[] }>(stored: Stored) => ({
  ...stored,
  times: stored.times ?? stored.facts.reduce<FactTimes>(timesWith, {}),
});

/** The attributes of an open window in the index `due`. */
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

/** Returns undefined for a row that no version of the service writes. */
export const overdueRefFrom = (item: unknown): OverdueRef | undefined => {
  const parsed = v.safeParse(overdueRef, item);
  return parsed.success ? parsed.output : undefined;
};
