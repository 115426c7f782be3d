import { minute } from "../../shared/config/duration.ts";
import { clockDifference } from "../../shared/runtime/clock-difference.ts";
import { plus } from "../../shared/runtime/instants.ts";
import type { OverdueRef } from "../../shared/windows/window-items.ts";

/**
 * The longest pause between two tries (`noteFailure` in shared/windows/tries.ts), plus the allowed difference between
 * two clocks.
 */
const furthest = 15 * minute + clockDifference;

/**
 * Returns whether the next try of a due window has come. Does not believe a time further ahead than the longest pause.
 */
export const isTryDue = ({ nextTryAt }: Pick<OverdueRef, "nextTryAt">, now: Date): boolean =>
  nextTryAt === undefined || nextTryAt <= now || nextTryAt > plus(now, furthest);
