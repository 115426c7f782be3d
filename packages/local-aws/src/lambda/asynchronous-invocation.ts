import type { InvocationOutcome } from "../function-invoker.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import type { LambdaRuntime } from "./lambda-runtime.ts";

const RETRY_AFTER_MS = [60_000, 120_000];

/** An event that was given up after its last try. Nobody is told: Lambda has no dead-letter queue unless configured. */
export interface DroppedEvent {
  functionName: string;
  event: unknown;
  error: InvocationOutcome["error"];
}

/**
 * Invokes a function and leaves the caller out of it: an error of the function is tried again after one and after two
 * minutes, then the event is dropped. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class AsynchronousInvocation {
  readonly dropped: DroppedEvent[] = [];
  readonly #clock: VirtualClock;
  readonly #lambda: LambdaRuntime;

  constructor(clock: VirtualClock, lambda: LambdaRuntime) {
    this.#clock = clock;
    this.#lambda = lambda;
  }

  /** Throws ResourceNotFoundException for an unknown function; the function runs when the clock next advances. */
  accept(functionName: string, event: unknown): void {
    const { name } = this.#lambda.find(functionName);
    this.#attempt(name, event, 0, 0);
  }

  #attempt(functionName: string, event: unknown, tries: number, delayMs: number): void {
    this.#clock.at(new Date(this.#clock.now().getTime() + delayMs), () => {
      void this.#invoke(functionName, event, tries);
    });
  }

  async #invoke(functionName: string, event: unknown, tries: number): Promise<void> {
    const { error } = await this.#lambda.invoke(functionName, event);
    if (error === undefined) return;
    const delayMs = RETRY_AFTER_MS[tries];
    if (delayMs === undefined) this.dropped.push({ functionName, event, error });
    else this.#attempt(functionName, event, tries + 1, delayMs);
  }
}
