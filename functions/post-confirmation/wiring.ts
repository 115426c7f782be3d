import * as v from "valibot";
import { triggerClient } from "../../shared/aws/trigger-client.ts";
import { rememberRecord } from "../../shared/failed-record.ts";
import { sqsRecordsQueue } from "../../shared/records-queue.ts";
import { parseSettings, required } from "../../shared/settings.ts";
import type { Surroundings } from "../../shared/surroundings.ts";
import { createPostConfirmation } from "./post-confirmation.ts";

export const wire = (surroundings: Surroundings) => {
  const { environment, clock, newId, telemetry } = surroundings;
  const settings = parseSettings(v.object({ RECORDS_QUEUE_URL: required, WINDOWS_TABLE: required }), environment);
  const records = sqsRecordsQueue(triggerClient("sqs", 2, surroundings), settings.RECORDS_QUEUE_URL);
  const remember = rememberRecord(triggerClient("dynamodb", 1, surroundings), settings.WINDOWS_TABLE);
  return createPostConfirmation({ records, remember, clock, newId, telemetry });
};
