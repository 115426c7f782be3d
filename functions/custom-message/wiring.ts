import * as v from "valibot";
import { parseSettings, required } from "../../shared/config/settings.ts";
import { gracePeriod, resetMail } from "../../shared/config/trigger-parameters.ts";
import { rememberRecord } from "../../shared/ledgers/failed-record.ts";
import { triggerClient } from "../../shared/light-aws/trigger-client.ts";
import type { Surroundings } from "../../shared/runtime/surroundings.ts";
import { sqsRecordsQueue } from "../../shared/triggers/records-queue.ts";
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
