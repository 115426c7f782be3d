import type { Clock } from "../../shared/runtime/clock.ts";
import { Failure } from "../exit/failure.ts";

/** The signals that stop mfactl, with the kind of Failure for each. */
export const stopSignals = { SIGINT: "interrupted", SIGTERM: "terminated", SIGHUP: "hung-up" } as const;

/** The names of API operations that change nothing. */
const reading = /^(AdminGet|AdminList|BatchGet|Describe|Get|List|Query|Scan)/;

type Middleware = <Args, Result>(
  next: (args: Args) => Promise<Result>,
  context: { commandName?: string },
) => (args: Args) => Promise<Result>;

/** The part of an SDK client that is needed to watch its calls. */
interface Watchable {
  middlewareStack: { add(middleware: Middleware, options: { step: "initialize"; name: string }): void };
}

/**
 * Decides when a command may stop. Before its first changing call, a command stops at once and does not make that call.
 * Afterwards it stops only at `check` or during a sleep, so that nothing is left half done.
 */
export class Interruption {
  readonly #stop: AbortSignal | undefined;
  #acting = false;

  /** `stop` aborts when the command should stop, with one of `stopSignals` as its reason. */
  constructor(stop?: AbortSignal) {
    this.#stop = stop;
  }

  /** Whether the command may have changed something. */
  get acting(): boolean {
    return this.#acting;
  }

  /** The Failure of a stopped command; undefined when no signal has come. */
  get asked(): Failure | undefined {
    if (this.#stop?.aborted !== true) return undefined;
    const kind = Object.values(stopSignals).find((one) => one === this.#stop?.reason) ?? "interrupted";
    return this.#acting
      ? new Failure(
          kind,
          "Stopped. Changes made before the signal remain.",
          "mfactl list, show and failures display the current state.",
        )
      : new Failure(kind, "Stopped. Nothing was changed.");
  }

  /** Throws if the command should stop. Call it only where nothing is half done. */
  check(): void {
    if (this.asked !== undefined) throw this.asked;
  }

  /** Waits for `command`. Rejects at once with `asked` when the command should stop and has changed nothing. */
  async unlessStopped<T>(command: Promise<T>): Promise<T> {
    const stopped = this.#stopped(() => !this.#acting);
    try {
      return await Promise.race([command, stopped.promise]);
    } finally {
      stopped.forget();
    }
  }

  /** Wraps the clock: a sleep rejects with `asked` when the command should stop. */
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

  /** Watches every call of the client. Not for the audit log's client, which must work after a signal too. */
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
