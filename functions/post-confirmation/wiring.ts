import * as v from "valibot";
import { parseSettings, required } from "../../shared/config/settings.ts";
import { rememberRecord } from "../../shared/ledgers/failed-record.ts";
import { triggerClient } from "../../shared/light-aws/trigger-client.ts";
import type { Surroundings } from "../../shared/runtime/surroundings.ts";
import { sqsRecordsQueue } from "../../shared/triggers/records-queue.ts";
import { createPostConfirmation } from "./post-confirmation.ts";

export const wire = (surroundings: Surroundings) => {
  const { environment, clock, newId, telemetry } = surroundings;
  const settings = parseSettings(v.object({ RECORDS_QUEUE_URL: required, WINDOWS_TABLE: required }), environment);
  const records = sqsRecordsQueue(triggerClient("sqs", 2, surroundings), settings.RECORDS_QUEUE_URL);
  const remember = rememberRecord(triggerClient("dynamodb", 1, surroundings), settings.WINDOWS_TABLE);
  return createPostConfirmation({ records, remember, clock, newId, telemetry });
};
