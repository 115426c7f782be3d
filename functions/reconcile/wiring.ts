import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { acceptedWindows } from "../../shared/accepted-windows.ts";
import { dynamoFailedRecords } from "../../shared/failed-records.ts";
import { policyFromEnvironment } from "../../shared/policy.ts";
import { sqsDueQueue } from "../../shared/queues.ts";
import { parseSettings, required } from "../../shared/settings.ts";
import { inWorker, type Surroundings } from "../../shared/surroundings.ts";
import { dynamoWindowStore } from "../../shared/window-store.ts";
import { readAccepted } from "./accepted.ts";
import { sendFailedRecordsAgain } from "./failed-records.ts";
import { createReconcile } from "./reconcile.ts";
import { sqsRecordsQueue } from "./records-queue.ts";

const settingsSchema = v.object({
  WINDOWS_TABLE: required,
  DUE_QUEUE_URL: required,
  RECORDS_QUEUE_URL: required,
  USER_POOL_ID: required,
});

export const wire = ({ environment, clock, telemetry, aws }: Surroundings) => {
  const settings = parseSettings(settingsSchema, environment);
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ ...inWorker, ...aws }));
  const sqs = new SQSClient({ ...inWorker, ...aws });
  const accepted = acceptedWindows(documents, settings.WINDOWS_TABLE, settings.USER_POOL_ID);
  return createReconcile({
    userPoolId: settings.USER_POOL_ID,
    windows: dynamoWindowStore(documents, settings.WINDOWS_TABLE),
    queue: sqsDueQueue(sqs, settings.DUE_QUEUE_URL),
    readAccepted: (now) => readAccepted({ accepted, telemetry }, now),
    sendFailedRecordsAgain: () =>
      sendFailedRecordsAgain({
        failedRecords: dynamoFailedRecords(documents, settings.WINDOWS_TABLE, settings.USER_POOL_ID),
        records: sqsRecordsQueue(sqs, settings.RECORDS_QUEUE_URL),
        clock,
        telemetry,
      }),
    policy: policyFromEnvironment(environment),
    clock,
    telemetry,
  });
};
