import { day } from "../config/duration.ts";
import { plus } from "../runtime/instants.ts";

/** The bound of the parameter `maxWindow` (shared/config/policy.ts): no window of ours was ever due later than this after it opened. */
const longestWindow = 30 * day;

/**
 * The first due time that no open window can honestly have: whoever wrote it, that user would be exempt for ever.
 * `overdueTolerance`, in milliseconds, leaves room for clocks that differ.
 */
export const firstImpossible = (now: Date, overdueTolerance: number): Date =>
  plus(now, longestWindow + overdueTolerance + 1);
