import { randomUUID } from "node:crypto";
import { systemClock } from "../../shared/clock.ts";
import { lazyTelemetry } from "../../shared/lazy-telemetry.ts";
import { wire } from "./wiring.ts";

export const handler = wire({
  environment: process.env,
  clock: systemClock,
  newId: randomUUID,
  telemetry: lazyTelemetry(async () => {
    const { powertoolsTelemetry } = await import("../../shared/powertools.ts");
    return powertoolsTelemetry(process.env);
  }),
});
