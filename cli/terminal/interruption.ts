import type { Clock } from "../../shared/runtime/clock.ts";
import { Failure } from "../failure.ts";

/** The signals that ask mfactl to stop, and how it ends then. */
export const stopSignals = { SIGINT: "interrupted", SIGTERM: "terminated", SIGHUP: "hung-up" } as const;

/** The names of API operations that change nothing. */
const reading = /^(AdminGet|AdminList|BatchGet|Describe|Get|List|Query|Scan)/;

type Middleware = <Args, Result>(
  next: (args: Args) => Promise<Result>,
  context: { commandName?: string },
) => (args: Args) => Promise<Result>;

/** As much of an SDK client as it takes to see each of its calls. */
interface Watchable {
  middlewareStack: { add(middleware: Middleware, options: { step: "initialize"; name: string }): void };
}

/**
 * When a command may be stopped. Up to its first call that changes something: at once, and that call is not made any more.
 * From then on: where the command asks, or sleeps, so that nothing is left half done.
 */
export class Interruption {
  readonly #stop: AbortSignal | undefined;
  #acting = false;

  /** `stop` aborts, with one of `stopSignals` as its reason, when the command is asked to stop. */
  constructor(stop?: AbortSignal) {
    this.#stop = stop;
  }

  /** Whether something may have been changed. */
  get acting(): boolean {
    return this.#acting;
  }

  /** How mfactl ends if it was asked to stop, in words; undefined when it was not. */
  get asked(): Failure | undefined {
    if (this.#stop?.aborted !== true) return undefined;
    const kind = Object.values(stopSignals).find((one) => one === this.#stop?.reason) ?? "interrupted";
    return this.#acting
      ? new Failure(
          kind,
          "Stopped. What was asked of the service before stands.",
          "mfactl list, show and failures say how things are.",
        )
      : new Failure(kind, "Stopped. Nothing was changed.");
  }

  /** Throws when the command was asked to stop. Call it where nothing is half done. */
  check(): void {
    if (this.asked !== undefined) throw this.asked;
  }

  /** The outcome of `command`, or, when it is asked to stop and has changed nothing, the Failure `asked` at once. */
  async unlessStopped<T>(command: Promise<T>): Promise<T> {
    const stopped = this.#stopped(() => !this.#acting);
    try {
      return await Promise.race([command, stopped.promise]);
    } finally {
      stopped.forget();
    }
  }

  /** The clock, whose sleep ends with the Failure `asked` when the command is asked to stop. */
  interruptible(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      sleep: async (milliseconds) => {
        this.check();
        const stopped = this.#stopped(() => true);
        try {
          await Promise.race([clock.sleep(milliseconds), stopped.promise]);
        } finally {
          stopped.forget();
        }
      },
    };
  }

  /** Looks at every call of the client. Not for the client that writes down what was done. */
  watch(client: Watchable): void {
    const middleware: Middleware =
      (next, { commandName = "" }) =>
      async (args) => {
        if (!this.#acting) this.check();
        if (!reading.test(commandName)) this.#acting = true;
        return next(args);
      };
    client.middlewareStack.add(middleware, { step: "initialize", name: "watchForInterruption" });
  }

  #stopped(when: () => boolean): { promise: Promise<never>; forget: () => void } {
    const { promise, reject } = withReject();
    const listener = () => {
      if (when()) reject(this.asked);
    };
    if (this.#stop?.aborted === true) listener();
    else this.#stop?.addEventListener("abort", listener);
    return { promise, forget: () => this.#stop?.removeEventListener("abort", listener) };
  }
}

const withReject = (): { promise: Promise<never>; reject: (reason: unknown) => void } => {
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise;
  });
  promise.catch(() => undefined);
  return { promise, reject };
};
