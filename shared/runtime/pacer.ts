import type { Clock } from "./clock.ts";

/** Lets its callers through one after the other, no faster than the rate. */
export interface Pacer {
  /** Waits for the caller's turn. Returns whether the caller had to wait. */
  turn(): Promise<boolean>;
}

/** Up to `burst` unused turns may be taken at once. */
export const createPacer = (clock: Clock, perSecond: number, burst: number): Pacer => {
  const interval = 1000 / perSecond;
  let next = -Infinity;
  return {
    async turn() {
      const now = clock.now().getTime();
      const turn = Math.max(next, now - (burst - 1) * interval);
      next = turn + interval;
      if (turn > now) await clock.sleep(turn - now);
      return turn > now;
    },
  };
};
