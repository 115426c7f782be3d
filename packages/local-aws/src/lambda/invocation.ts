import { AsyncLocalStorage } from "node:async_hooks";
import type { InvocationOutcome } from "../function-invoker.ts";

/** One run of a function, from the event to its outcome; what comes after the outcome has no effect any more. */
export class Invocation {
  readonly functionName: string;
  readonly requestId: string;
  readonly outcome: Promise<InvocationOutcome>;
  /** Resolves when the code of an invocation that is over is stopped. */
  readonly stopped: Promise<void>;
  /** How many AWS calls it has begun in this process. */
  calls = 0;
  isOver = false;
  #resolveOutcome: (outcome: InvocationOutcome) => void = () => undefined;
  #resolveStopped: () => void = () => undefined;

  constructor(functionName: string, requestId: string) {
    this.functionName = functionName;
    this.requestId = requestId;
    this.outcome = new Promise((resolve) => {
      this.#resolveOutcome = resolve;
    });
    this.stopped = new Promise((resolve) => {
      this.#resolveStopped = resolve;
    });
  }

  /** The first outcome counts. */
  end(outcome: InvocationOutcome): void {
    this.isOver = true;
    this.#resolveOutcome(outcome);
  }

  fail(errorType: string, message: string): void {
    this.end({ error: { errorType, errorMessage: `RequestId: ${this.requestId} Error: ${message}` } });
  }

  /** Stands still for ever, as code does whose execution environment is gone. */
  stop(): Promise<never> {
    this.#resolveStopped();
    return new Promise(() => undefined);
  }
}

/** The invocation that the running code belongs to; undefined outside of handlers. */
export const currentInvocation = new AsyncLocalStorage<Invocation>();
