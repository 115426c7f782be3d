import type { Context } from "aws-lambda";
import { type DrillDeps, drillWindow, runDrill } from "../../shared/drill/drill.ts";

/**
 * Plays a drill and counts how it ended: DrillSucceeded, or DrillFailed with the reason. A run that dies counts nothing,
 * which an alarm on missing successes tells. In observe mode there is nothing to drill, and nothing is counted.
 */
export const createDrill =
  (deps: DrillDeps) =>
  async (_event: unknown, context: Pick<Context, "invokedFunctionArn">): Promise<void> => {
    const { policy, telemetry } = deps;
    if (policy.mode === "observe") {
      telemetry.log.info("drill-skipped", { mode: policy.mode });
      return;
    }
    const drilled = await runDrill(deps, { gracePeriod: drillWindow, by: context.invokedFunctionArn });
    if (drilled.kind === "succeeded") {
      telemetry.metrics.add("DrillSucceeded", 1);
      const { windowId } = drilled.window;
      telemetry.log.info("drill-succeeded", { windowId, latenessSeconds: drilled.lateness / 1000 });
    } else {
      const { step, reason, message, userLeft } = drilled;
      telemetry.metrics.add("DrillFailed", 1, { name: "reason", value: reason });
      telemetry.log.error("drill-failed", { step, error: reason, detail: message, userLeft: userLeft !== undefined });
    }
    await telemetry.flush();
  };
