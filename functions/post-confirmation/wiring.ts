import * as v from "valibot";
import { triggerClient } from "../../shared/aws/trigger-client.ts";
import { sqsRecordsQueue } from "../../shared/records-queue.ts";
import { parseSettings, required } from "../../shared/settings.ts";
import type { Surroundings } from "../../shared/surroundings.ts";
import { createPostConfirmation } from "./post-confirmation.ts";

export const wire = (surroundings: Surroundings) => {
  const { environment, clock, newId, telemetry } = surroundings;
  const settings = parseSettings(v.object({ RECORDS_QUEUE_URL: required }), environment);
  const records = sqsRecordsQueue(triggerClient("sqs", 2, surroundings), settings.RECORDS_QUEUE_URL);
  return createPostConfirmation({ records, clock, newId, telemetry });
};
