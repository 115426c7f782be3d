import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate, setTimeout } from "node:timers/promises";
import { Heap } from "./heap.ts";

interface Timer {
  at: number;
  order: number;
  task: () => unknown;
  cancelled: boolean;
}

/** Work in progress. It is at rest while it has calls neither under way nor to be repeated, and sleeps on the clock. */
interface Work {
  sleeping: number;
  calling: number;
  mayRepeat: boolean;
}

const isAtRest = (work: Work): boolean => work.calling === 0 && work.sleeping > 0;

/** Of all clocks: one storage for each would cost every promise of the process something, for as long as it runs. */
const currentWork = new AsyncLocalStorage<Work>();

/**
 * The one clock of the local stack. It stands still until it is advanced; then everything that falls due happens in
 * order of time, and each thing that happens has come to rest before the next one starts.
 *
 * At rest means: no tracked work (a Lambda invocation) is running, other than what sleeps on this clock. Work may sleep in
 * several branches at once, as long as what its other branches wait for are `call`s.
 */
export class VirtualClock {
  /** Whether a call that failed may be made again after a moment of real time, as SDK clients do by themselves. */
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

  /** Runs `task` when the clock reaches `instant`; at the next advance if that has passed. Returns how to cancel it. */
  at(instant: Date, task: () => unknown): () => void {
    const timer = { at: instant.getTime(), order: this.#order++, task, cancelled: false };
    this.#timers.push(timer);
    return () => {
      timer.cancelled = true;
    };
  }

  /** The clock does not move on before this work ends, but for when it sleeps. */
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

  /** A call that tracked work waits for. One that throws or that `failed` may be made again after a moment of real time. */
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

  #change(): void {
    for (const resume of this.#changed.splice(0)) resume();
  }

  /** Whoever waited for something that has just ended gets to act on it before time moves on: hence the turns of the event loop. */
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
