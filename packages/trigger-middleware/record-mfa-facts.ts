import { randomUUID } from "node:crypto";
import { triggerClient } from "../../shared/light-aws/trigger-client.ts";
import { systemClock } from "../../shared/runtime/clock.ts";
import { lazyTelemetry } from "../../shared/telemetry/lazy-telemetry.ts";
import { flushOrSay } from "../../shared/triggers/never-throw.ts";
import { sqsRecordsQueue } from "../../shared/triggers/records-queue.ts";
import { sendRecord } from "../../shared/triggers/send-record.ts";

/** Both are outputs of the stack. */
export interface RecordMfaFactsOptions {
  /** The output RecordsQueueUrl. The function's role must allow sqs:SendMessage on that queue. */
  recordsQueueUrl: string;
  /** The output MetricsService: what the stack's alarms watch. */
  metricsService: string;
}

/** Middleware for a Cognito trigger, as Middy takes it; whatever runs it may also call `before` by itself. */
export interface RecordMfaFacts {
  before(request: { event: unknown }): Promise<void>;
}

/**
 * Records the password resets and sign-ins that the trigger tells of, before the handler runs. It never throws and takes
 * little more than two seconds at most: a fact that could not be recorded is logged and counted, not remembered as by the stack's own triggers, and the
 * trigger goes on. Every other event passes by. On a PostAuthentication trigger each sign-in costs a message, where the stack's own function looks first.
 */
export const recordMfaFacts = ({ recordsQueueUrl, metricsService }: RecordMfaFactsOptions): RecordMfaFacts => {
  const environment = { ...process.env, POWERTOOLS_SERVICE_NAME: metricsService };
  const telemetry = lazyTelemetry(async () => {
    const { powertoolsTelemetry } = await import("../../shared/telemetry/powertools.ts");
    return powertoolsTelemetry(environment);
  });
  const records = sqsRecordsQueue(triggerClient("sqs", 2, { environment, clock: systemClock }), recordsQueueUrl);
  return {
    async before({ event }) {
      await sendRecord({ records, clock: systemClock, newId: randomUUID, telemetry }, event);
      await flushOrSay(telemetry);
    },
  };
};
