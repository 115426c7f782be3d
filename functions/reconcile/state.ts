import * as v from "valibot";
import { instant } from "../../events/instant.ts";
import { dueKey } from "../../shared/windows/due-index.ts";

/**
 * The state that one run saves for the next. Without it a run counts everything as new: an alarm may fire once too
 * often, but never too rarely.
 */
export const reconcilerState = v.object({
  /** All windows due before this have been counted as newly overdue. */
  countedDueBefore: instant,
  /** `WindowsOverdue` as last reported. */
  overdue: v.number(),
  /** How many letters each dead-letter queue contained, by its name. */
  deadLetters: v.record(v.string(), v.number()),
  /** The row after which the next run continues to nudge. Absent if it begins at the longest due. */
  nudgedUntil: v.optional(dueKey),
  /** How far the search for windows of other pools has got in the index. */
  lookedUntil: v.optional(dueKey),
});

export type ReconcilerState = v.InferOutput<typeof reconcilerState>;

/** The ledger has one entry. */
export const stateKey = "state";
