import * as v from "valibot";
import { instant } from "../../events/instant.ts";
import { dueKey } from "../../shared/windows/due-index.ts";

/** What one run leaves behind for the next. Without it a run counts everything as new, which alarms once too often and never too little. */
export const reconcilerState = v.object({
  /** Windows due before this have been counted as newly overdue. */
  countedDueBefore: instant,
  /** `WindowsOverdue` as last reported. */
  overdue: v.number(),
  /** How many letters each dead-letter queue held, by its name. */
  deadLetters: v.record(v.string(), v.number()),
  /** The row behind which the next run goes on nudging; absent when it is to begin at the longest due. */
  nudgedUntil: v.optional(dueKey),
  /** How far the index has been looked through for windows of other pools. */
  lookedUntil: v.optional(dueKey),
});

export type ReconcilerState = v.InferOutput<typeof reconcilerState>;

/** There is one entry. */
export const stateKey = "state";
