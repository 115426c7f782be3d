import { setImmediate } from "node:timers/promises";
import type { VirtualClock } from "@cognito-mfa-lifecycle/local-aws/virtual-clock.ts";
import type { Random } from "./random.ts";

/**
 * Lets AWS calls through one at a time. When no running code could make another call, it draws the next one from those
 * that wait. So the seed decides in which order the calls of concurrent handlers take effect, and every order is
 * possible.
 */
export class CallGate {
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #waiting: (() => void)[] = [];
  #isOpen = false;

  constructor(clock: VirtualClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** The clock stands still while a call waits. */
  pass(): Promise<void> {
    return this.#clock.track(
      () =>
        new Promise((resolve) => {
          this.#waiting.push(resolve);
          if (!this.#isOpen) void this.#letThrough();
        }),
    );
  }

  async #letThrough(): Promise<void> {
    this.#isOpen = true;
    while (this.#waiting.length > 0) {
      await setImmediate();
      const [next] = this.#waiting.splice(this.#random.integer(0, this.#waiting.length - 1), 1);
      next?.();
    }
    this.#isOpen = false;
  }
}
