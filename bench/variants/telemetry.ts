import { powertoolsTelemetry } from "../../shared/telemetry/powertools.ts";

/** Powertools loaded with the function, as usual. */
export const telemetry = powertoolsTelemetry(process.env);
