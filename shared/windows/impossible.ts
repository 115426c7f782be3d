import { day } from "../config/duration.ts";
import { plus } from "../runtime/instants.ts";

/**
 * The upper bound of the parameter `maxWindow` (shared/config/policy.ts): the service never makes a window due later
 * than this after its opening.
 */
const longestWindow = 30 * day;

/**
 * Returns the first due time that no open window can honestly have: a forged one would exempt the user forever.
 * `overdueTolerance`, in milliseconds, leaves room for different clocks.
 */
export const firstImpossible = (now: Date, overdueTolerance: number): Date =>
  plus(now, longestWindow + overdueTolerance + 1);
