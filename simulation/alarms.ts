import { minute } from "../shared/config/duration.ts";
import type { MetricValue } from "./invocation-telemetry.ts";

/** How long after it starts a reconciler that does not run is noticed: three of its five-minute beats. */
export const heartbeatMissing = 15 * minute;

/**
 * Whether an alarm stands that speaks of windows past due: the newest reconcile that could count counted overdue windows
 * (missing data leaves that alarm as it is), or there has been no heartbeat for fifteen minutes.
 */
export const overdueAlarm = (values: readonly MetricValue[], now: Date, start: Date): string | undefined => {
  const age = ({ at }: { at: Date }) => now.getTime() - at.getTime();
  const heartbeat = values.findLast(({ metric }) => metric === "ReconcilerHeartbeat");
  if (age(heartbeat ?? { at: start }) >= heartbeatMissing) return "heartbeat missing";
  const overdue = values.findLast(({ metric }) => metric === "WindowsOverdue");
  return overdue !== undefined && overdue.value > 0 ? "overdue windows" : undefined;
};
