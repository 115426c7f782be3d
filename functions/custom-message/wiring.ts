import { SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { policyFromEnvironment } from "../../shared/policy.ts";
import { sqsRecordsQueue } from "../../shared/queues.ts";
import { parseSettings, required } from "../../shared/settings.ts";
import { inTrigger, type Surroundings } from "../../shared/surroundings.ts";
import { createCustomMessage } from "./custom-message.ts";

export const wire = ({ environment, clock, newId, telemetry, aws }: Surroundings) => {
  const settings = parseSettings(v.object({ RECORDS_QUEUE_URL: required }), environment);
  const records = sqsRecordsQueue(new SQSClient({ ...inTrigger, ...aws }), settings.RECORDS_QUEUE_URL);
  return createCustomMessage({ records, clock, newId, telemetry, policy: policyFromEnvironment(environment) });
};
