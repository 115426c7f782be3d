import { randomUUID } from "node:crypto";
import { systemClock } from "../../shared/runtime/clock.ts";
import { powertoolsTelemetry } from "../../shared/telemetry/powertools.ts";
import { wire } from "./wiring.ts";

export const handler = wire({
  environment: process.env,
  clock: systemClock,
  newId: randomUUID,
  telemetry: powertoolsTelemetry(process.env),
});
