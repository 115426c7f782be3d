import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate, setTimeout } from "node:timers/promises";
import { Heap } from "./heap.ts";

interface Timer {
  at: number;
  order: number;
  task: () => unknown;
  cancelled: boolean;
}

/** Work in progress. It is at rest while it sleeps on the clock and no call is running or about to be repeated. */
interface Work {
  sleeping: number;
  calling: number;
  mayRepeat: boolean;
}

const isAtRest = (work: Work): boolean => work.calling === 0 && work.sleeping > 0;

/** Shared by all clocks: each additional storage would slow down every promise of the process. */
const currentWork = new AsyncLocalStorage<Work>();

/**
 * The clock of the local stack. It stands still until it is advanced. Then everything that falls due happens in order
 * of time, and each event comes to rest before the next one starts.
 *
 * At rest means that all running tracked work (Lambda invocations) sleeps on this clock. Work can sleep in several
 * branches at once, as long as its other branches only wait for `call`s.
 */
export class VirtualClock {
  /** Whether clients may repeat a failed call after a moment of real time, as SDK clients do automatically. */
  waitsForRepeats = true;
  #now: number;
  #order = 0;
  readonly #timers = new Heap<Timer>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order));
  readonly #work = new Set<Work>();
  #changed: (() => void)[] = [];
  #advancing: Promise<void> = Promise.resolve();

  constructor(start: Date) {
    this.#now = start.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  async sleep(milliseconds: number): Promise<void> {
    const work = currentWork.getStore();
    if (work !== undefined) work.sleeping += 1;
    await new Promise<void>((resolve) => {
      this.at(new Date(this.#now + Math.max(0, milliseconds)), () => {
        if (work !== undefined) work.sleeping -= 1;
        resolve();
      });
      this.#change();
    });
  }

  /**
   * Runs `task` when the clock reaches `instant`, or at the next advance if it has passed. Returns a function that
   * cancels.
   */
  at(instant: Date, task: () => unknown): () => void {
    const timer = { at: instant.getTime(), order: this.#order++, task, cancelled: false };
    this.#timers.push(timer);
    return () => {
      timer.cancelled = true;
    };
  }

  /** Performs work that stops the clock until it ends or sleeps. */
  async track<T>(perform: () => Promise<T>): Promise<T> {
    const work = { sleeping: 0, calling: 0, mayRepeat: false };
    this.#work.add(work);
    try {
      return await currentWork.run(work, perform);
    } finally {
      this.#work.delete(work);
      this.#change();
    }
  }

  /**
   * Performs a call that tracked work waits for. If it throws or has `failed`, the client may repeat it shortly after.
   */
  async call<T>(perform: () => Promise<T>, failed: (result: T) => boolean): Promise<T> {
    const work = currentWork.getStore();
    if (work === undefined) return perform();
    work.calling += 1;
    let mayRepeat = true;
    try {
      const result = await perform();
      mayRepeat = failed(result);
      return result;
    } finally {
      work.calling -= 1;
      work.mayRepeat ||= mayRepeat;
      this.#change();
    }
  }

  /** Runs everything that is due now, without moving the clock. */
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

  /** Concurrent advances run one after the other. */
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

  #change(): void {
    for (const resume of this.#changed.splice(0)) resume();
  }

  /** Waits until all work is at rest. The turns of the event loop let code act on results before time moves on. */
  async #rest(): Promise<void> {
    for (;;) {
      await setImmediate();
      await setImmediate();
      const work = [...this.#work];
      if (!work.every(isAtRest)) await new Promise<void>((resolve) => this.#changed.push(resolve));
      else if (this.waitsForRepeats && work.some(({ mayRepeat }) => mayRepeat)) {
        for (const one of work) one.mayRepeat = false;
        await setTimeout(5);
      } else return;
    }
  }
}
