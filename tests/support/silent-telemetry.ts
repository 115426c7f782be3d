import type { Telemetry } from "../../shared/telemetry/telemetry.ts";

/** Telemetry without logs and metrics. */
export const silent: Telemetry = {
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  metrics: { add: () => undefined },
  flush: async () => undefined,
};
