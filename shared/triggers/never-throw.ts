import type middy from "@middy/core";
import { describeError, type Telemetry } from "../telemetry/telemetry.ts";

/**
 * The boundary to Cognito, which shows a trigger's error to the user and fails what they were doing. Logs and counts
 * any error, and returns the event unchanged.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
 */
export const neverThrow = <Event>(telemetry: Telemetry): middy.MiddlewareObj<Event, Event> => ({
  after: () => flushOrSay(telemetry),
  async onError(request) {
    telemetry.log.error("trigger-failed", describeError(request.error));
    telemetry.metrics.add("RecordFailed", 1, { name: "reason", value: "trigger-failed" });
    await flushOrSay(telemetry);
    request.response = request.event;
  },
});

/** Flushes telemetry. If that fails, logs the failure with `console.error`. */
export const flushOrSay = async (telemetry: Telemetry): Promise<void> => {
  try {
    await telemetry.flush();
  } catch (error) {
    console.error("telemetry-failed", describeError(error));
  }
};
