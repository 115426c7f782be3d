import type { Telemetry } from "../../shared/telemetry/telemetry.ts";

/** Says nothing and counts nothing. */
export const silent: Telemetry = {
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  metrics: { add: () => undefined },
  flush: async () => undefined,
};
