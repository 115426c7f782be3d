import { randomUUID } from "node:crypto";
import { triggerClient } from "../../shared/light-aws/trigger-client.ts";
import { systemClock } from "../../shared/runtime/clock.ts";
import { lazyTelemetry } from "../../shared/telemetry/lazy-telemetry.ts";
import { flushOrSay } from "../../shared/triggers/never-throw.ts";
import { sqsRecordsQueue } from "../../shared/triggers/records-queue.ts";
import { sendRecord } from "../../shared/triggers/send-record.ts";

/** Both values are outputs of the stack. */
export interface RecordMfaFactsOptions {
  /** The output RecordsQueueUrl. The function's role must allow sqs:SendMessage on that queue. */
  recordsQueueUrl: string;
  /** The output MetricsService: the stack's alarms watch the metrics under this name. */
  metricsService: string;
}

/** Middleware for a Cognito trigger, in Middy's form. Without Middy, call `before` yourself. */
export interface RecordMfaFacts {
  before(request: { event: unknown }): Promise<void>;
}

/**
 * Records the password resets and sign-ins that the trigger reports, before the handler runs. It never throws, and
 * takes little more than two seconds at most. If it cannot record a fact, it logs and counts the failure and the
 * trigger continues; unlike the stack's own triggers, it does not keep the record. Every other event passes through. On
 * a PostAuthentication trigger each sign-in costs a message, while the stack's own function looks at the table first.
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
