import * as v from "valibot";
import { parseSettings, required } from "../../shared/config/settings.ts";
import { verifyEvery } from "../../shared/config/trigger-parameters.ts";
import { rememberRecord } from "../../shared/ledgers/failed-record.ts";
import { triggerClient } from "../../shared/light-aws/trigger-client.ts";
import type { Surroundings } from "../../shared/runtime/surroundings.ts";
import { sqsRecordsQueue } from "../../shared/triggers/records-queue.ts";
import { dynamoWindowGlance } from "../../shared/windows/window-glance.ts";
import { createPostAuthentication } from "./post-authentication.ts";

const settingsSchema = v.object({ RECORDS_QUEUE_URL: required, WINDOWS_TABLE: required, VERIFY_EVERY: verifyEvery });

export const wire = (surroundings: Surroundings) => {
  const { environment, clock, newId, telemetry } = surroundings;
  const settings = parseSettings(settingsSchema, environment);
  const dynamo = triggerClient("dynamodb", 1, surroundings);
  return createPostAuthentication({
    records: sqsRecordsQueue(triggerClient("sqs", 2, surroundings), settings.RECORDS_QUEUE_URL),
    // One attempt only. If it fails, the sign-in is recorded, which costs less of the user's time than a second
    // attempt.
    glance: dynamoWindowGlance(dynamo, settings.WINDOWS_TABLE),
    remember: rememberRecord(dynamo, settings.WINDOWS_TABLE),
    policy: { verifyEvery: settings.VERIFY_EVERY },
    clock,
    newId,
    telemetry,
  });
};
