import type { InvocationOutcome } from "../function-invoker.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import type { LambdaRuntime } from "./lambda-runtime.ts";

const RETRY_AFTER_MS = [60_000, 120_000];

/** An event that failed its last try. It is lost silently, as on Lambda without a dead-letter queue. */
export interface DroppedEvent {
  functionName: string;
  event: unknown;
  error: InvocationOutcome["error"];
}

/**
 * Invokes functions without a caller that waits. After an error it tries again after one and after two minutes, then
 * drops the event. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class AsynchronousInvocation {
  readonly dropped: DroppedEvent[] = [];
  readonly #clock: VirtualClock;
  readonly #lambda: LambdaRuntime;

  constructor(clock: VirtualClock, lambda: LambdaRuntime) {
    this.#clock = clock;
    this.#lambda = lambda;
  }

  /** Runs the function when the clock next advances. Throws ResourceNotFoundException for an unknown function. */
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
