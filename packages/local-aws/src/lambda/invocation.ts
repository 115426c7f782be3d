import { AsyncLocalStorage } from "node:async_hooks";
import type { InvocationOutcome } from "../function-invoker.ts";

/** One run of a function, from its event to its outcome. Code that runs after the outcome has no effect. */
export class Invocation {
  readonly functionName: string;
  readonly requestId: string;
  readonly outcome: Promise<InvocationOutcome>;
  /** Resolves when the code has stopped after the outcome. */
  readonly stopped: Promise<void>;
  /** The number of AWS calls that the invocation has started through the in-process handlers. */
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

  /** Sets the outcome. Only the first call counts. */
  end(outcome: InvocationOutcome): void {
    this.isOver = true;
    this.#resolveOutcome(outcome);
  }

  fail(errorType: string, message: string): void {
    this.end({ error: { errorType, errorMessage: `RequestId: ${this.requestId} Error: ${message}` } });
  }

  /** Returns a promise that never settles, because the execution environment is gone. */
  stop(): Promise<never> {
    this.#resolveStopped();
    return new Promise(() => undefined);
  }
}

/** The invocation of the running code; undefined outside of handlers. */
export const currentInvocation = new AsyncLocalStorage<Invocation>();
