import type { Call } from "./service.ts";

/**
 * The ways a call can fail on demand. A connection that breaks "after" the effect is a time-out that the caller cannot
 * distinguish from a failure.
 */
export type Fault =
  | { kind: "throttle" }
  /** An error of the service, such as ConcurrentModificationException. */
  | { kind: "refuse"; code: string; message: string }
  | { kind: "server-error" }
  | { kind: "hang-up"; effect: "before" | "after" }
  | { kind: "no-effect" };

/** Returns the fault for a call before it is performed, or undefined for none. */
export type FaultPlan = (call: Call) => Fault | undefined;
