import { minute } from "../../shared/duration.ts";
import type { OverdueRef } from "../../shared/window-items.ts";
import { plus } from "../../shared/window.ts";

/** The longest pause between two tries (`noteFailure` in shared/window.ts), and five minutes by which two clocks may differ. */
const furthest = 15 * minute + 5 * minute;

/** Whether the next try of a due window is now. One that is further ahead than a pause can be is not believed. */
export const isToBeTried = ({ nextTryAt }: Pick<OverdueRef, "nextTryAt">, now: Date): boolean =>
  nextTryAt === undefined || nextTryAt <= now || nextTryAt > plus(now, furthest);
