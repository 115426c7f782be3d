import type { Context } from "aws-lambda";
import { type DrillDeps, drillWindow, runDrill } from "../../shared/drill/drill.ts";

/**
 * Runs a drill and counts how it ended: DrillSucceeded, or DrillFailed with the reason. A run that dies counts nothing,
 * and an alarm on missing successes fires. Does nothing, and counts nothing, in observe mode, or without `isWanted`
 * (the parameter drill), which leaves this function without permissions.
 */
export const createDrill =
  (deps: DrillDeps & { isWanted: boolean }) =>
  async (_event: unknown, context: Pick<Context, "invokedFunctionArn">): Promise<void> => {
    const { policy, telemetry, isWanted } = deps;
    if (policy.mode === "observe" || !isWanted) {
      telemetry.log.info("drill-skipped", { mode: policy.mode, isWanted });
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
