import { SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { sqsRecordsQueue } from "../../shared/queues.ts";
import { parseSettings, required } from "../../shared/settings.ts";
import { inTrigger, type Surroundings } from "../../shared/surroundings.ts";
import { createPostConfirmation } from "./post-confirmation.ts";

export const wire = ({ environment, clock, newId, telemetry, aws }: Surroundings) => {
  const settings = parseSettings(v.object({ RECORDS_QUEUE_URL: required }), environment);
  const records = sqsRecordsQueue(new SQSClient({ ...inTrigger, ...aws }), settings.RECORDS_QUEUE_URL);
  return createPostConfirmation({ records, clock, newId, telemetry });
};
