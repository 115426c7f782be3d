import type middy from "@middy/core";
import { describeError, type Telemetry } from "../telemetry/telemetry.ts";

/**
 * The boundary to Cognito, which shows a trigger's error to the user and fails what they were doing: whatever goes wrong
 * is logged and counted, and the event goes back as it came.
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

/** Flushes; what cannot be told so is told on the plain log of the process. */
export const flushOrSay = async (telemetry: Telemetry): Promise<void> => {
  try {
    await telemetry.flush();
  } catch (error) {
    console.error("telemetry-failed", describeError(error));
  }
};
