import { minute } from "../../shared/config/duration.ts";
import { clockDifference } from "../../shared/runtime/clock-difference.ts";
import { plus } from "../../shared/runtime/instants.ts";
import type { OverdueRef } from "../../shared/windows/window-items.ts";

/** The longest pause between two tries (`noteFailure` in shared/windows/window.ts), on a clock that is ahead. */
const furthest = 15 * minute + clockDifference;

/** Whether the next try of a due window is now. One that is further ahead than a pause can be is not believed. */
export const isTryDue = ({ nextTryAt }: Pick<OverdueRef, "nextTryAt">, now: Date): boolean =>
  nextTryAt === undefined || nextTryAt <= now || nextTryAt > plus(now, furthest);
