import { randomUUID } from "node:crypto";
import { systemClock } from "../../shared/runtime/clock.ts";
import { lazyTelemetry } from "../../shared/telemetry/lazy-telemetry.ts";
import { wire } from "./wiring.ts";

export const handler = wire({
  environment: process.env,
  clock: systemClock,
  newId: randomUUID,
  telemetry: lazyTelemetry(async () => {
    const { powertoolsTelemetry } = await import("../../shared/telemetry/powertools.ts");
    return powertoolsTelemetry(process.env);
  }),
});
