import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../shared/clock.ts";
import { Heap } from "./heap.ts";

interface Timer {
  at: number;
  order: number;
  task: () => unknown;
  cancelled: boolean;
}

/**
 * The one clock of the local stack. It stands still until it is advanced; then everything that falls due happens in
 * order of time, and each thing that happens has come to rest before the next one starts.
 *
 * At rest means: no Lambda invocation is running, other than those that sleep on this clock.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #timers = new Heap<Timer>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order));
  #running = 0;
  #atRest: (() => void)[] = [];
  #advancing: Promise<void> = Promise.resolve();

  constructor(start: Date) {
    this.#now = start.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  /** To be awaited inside `track`ed work only: it does not count as running while it sleeps. */
  async sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.at(new Date(this.#now + Math.max(0, milliseconds)), () => {
        this.#running += 1;
        resolve();
      });
      this.#leave();
    });
  }

  /** Runs `task` when the clock reaches `instant`; at the next advance if that has passed. Returns how to cancel it. */
  at(instant: Date, task: () => unknown): () => void {
    const timer = { at: instant.getTime(), order: this.#order++, task, cancelled: false };
    this.#timers.push(timer);
    return () => {
      timer.cancelled = true;
    };
  }

  /** Counts `work` as running until it ends: the clock does not move on before. */
  async track<T>(work: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** Lets everything happen that is due now, without moving on. */
  settle(): Promise<void> {
    return this.advanceBy(0);
  }

  advanceBy(milliseconds: number): Promise<void> {
    return this.#enqueue(() => this.#now + milliseconds);
  }

  /** Moves to `instant`; never backwards. */
  advanceTo(instant: Date): Promise<void> {
    return this.#enqueue(() => instant.getTime());
  }

  /** Two callers that advance at once advance one after the other. */
  #enqueue(target: () => number): Promise<void> {
    const run = this.#advancing.then(() => this.#advance(target()));
    this.#advancing = run.catch(() => undefined);
    return run;
  }

  async #advance(target: number): Promise<void> {
    await this.#rest();
    for (let next = this.#takeDue(target); next !== undefined; next = this.#takeDue(target)) {
      this.#now = Math.max(this.#now, next.at);
      await next.task();
      await this.#rest();
    }
    this.#now = Math.max(this.#now, target);
  }

  #takeDue(target: number): Timer | undefined {
    for (let next = this.#timers.peek(); next !== undefined; next = this.#timers.peek()) {
      if (!next.cancelled && next.at > Math.max(target, this.#now)) return undefined;
      this.#timers.pop();
      if (!next.cancelled) return next;
    }
    return undefined;
  }

  #leave(): void {
    this.#running -= 1;
    if (this.#running === 0) for (const resume of this.#atRest.splice(0)) resume();
  }

  /** Whoever waited for work that has just ended gets to act on it before time moves on: hence the turn of the event loop. */
  async #rest(): Promise<void> {
    await setImmediate();
    while (this.#running > 0) {
      await new Promise<void>((resolve) => this.#atRest.push(resolve));
      await setImmediate();
    }
  }
}
