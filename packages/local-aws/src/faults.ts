import type { Call } from "./service.ts";

/**
 * How a call can go wrong on demand. "before" and "after" say whether the call took effect: a connection that breaks
 * after the effect is the time-out that nobody can tell from a failure.
 */
export type Fault =
  | { kind: "throttle" }
  /** Refused with an error of the service's own, such as ConcurrentModificationException. */
  | { kind: "refuse"; code: string; message: string }
  | { kind: "server-error" }
  | { kind: "hang-up"; effect: "before" | "after" }
  | { kind: "no-effect" };

/** Asked for each call before it is performed; undefined lets it through. */
export type FaultPlan = (call: Call) => Fault | undefined;
