import { minute } from "../shared/config/duration.ts";
import type { MetricValue } from "./invocation-telemetry.ts";

/** How long the heartbeat must be missing before its alarm fires: three of the reconciler's five-minute runs. */
export const heartbeatMissing = 15 * minute;

/**
 * Returns the name of the alarm that is firing for windows past due, if there is one. Either the newest count of a
 * reconcile was above zero (missing data does not change that alarm), or there was no heartbeat for fifteen minutes.
 */
export const overdueAlarm = (values: readonly MetricValue[], now: Date, start: Date): string | undefined => {
  const age = ({ at }: { at: Date }) => now.getTime() - at.getTime();
  const heartbeat = values.findLast(({ metric }) => metric === "ReconcilerHeartbeat");
  if (age(heartbeat ?? { at: start }) >= heartbeatMissing) return "heartbeat missing";
  const overdue = values.findLast(({ metric }) => metric === "WindowsOverdue");
  return overdue !== undefined && overdue.value > 0 ? "overdue windows" : undefined;
};
