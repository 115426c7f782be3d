import * as v from "valibot";
import { triggerClient } from "../../shared/aws/trigger-client.ts";
import { rememberRecord } from "../../shared/failed-record.ts";
import { sqsRecordsQueue } from "../../shared/records-queue.ts";
import { parseSettings, required } from "../../shared/settings.ts";
import type { Surroundings } from "../../shared/surroundings.ts";
import { gracePeriod, resetMail } from "../../shared/trigger-parameters.ts";
import { createCustomMessage } from "./custom-message.ts";

const settingsSchema = v.object({
  RECORDS_QUEUE_URL: required,
  WINDOWS_TABLE: required,
  RESET_MAIL: resetMail,
  GRACE_PERIOD: gracePeriod,
});

export const wire = (surroundings: Surroundings) => {
  const { environment, clock, newId, telemetry } = surroundings;
  const settings = parseSettings(settingsSchema, environment);
  return createCustomMessage({
    records: sqsRecordsQueue(triggerClient("sqs", 2, surroundings), settings.RECORDS_QUEUE_URL),
    remember: rememberRecord(triggerClient("dynamodb", 1, surroundings), settings.WINDOWS_TABLE),
    policy: { resetMail: settings.RESET_MAIL, gracePeriod: settings.GRACE_PERIOD },
    clock,
    newId,
    telemetry,
  });
};
