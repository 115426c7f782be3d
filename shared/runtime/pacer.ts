import type { Clock } from "./clock.ts";

/** Lets its callers go one after the other, no faster than the rate. */
export interface Pacer {
  /** Returns when it is the caller's turn, with whether the caller had to wait for it. */
  turn(): Promise<boolean>;
}

/** `burst` turns that were not used earlier may be taken at once. */
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
