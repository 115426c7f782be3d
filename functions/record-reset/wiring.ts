import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { policyFromEnvironment } from "../../shared/config/policy.ts";
import { parseSettings, required } from "../../shared/config/settings.ts";
import { dynamoFailedRecords } from "../../shared/ledgers/failed-records.ts";
import { repeatedDrifts } from "../../shared/ledgers/repeated-drifts.ts";
import { sqsDeadLetters, sqsDueQueue } from "../../shared/queues/queues.ts";
import { schedulerTimers } from "../../shared/queues/timers.ts";
import { inWorker, type Surroundings } from "../../shared/runtime/surroundings.ts";
import { cognitoUserDirectory } from "../../shared/users/user-directory.ts";
import { dynamoWindowStore } from "../../shared/windows/window-store.ts";
import { createRecordReset } from "./record-reset.ts";

const settingsSchema = v.object({
  WINDOWS_TABLE: required,
  DUE_QUEUE_URL: required,
  DUE_QUEUE_ARN: required,
  RECORDS_DLQ_URL: required,
  SCHEDULE_GROUP: required,
  TIMER_ROLE_ARN: required,
  TIMER_DLQ_ARN: required,
  USER_POOL_ID: required,
});

export const wire = ({ environment, clock, newId, telemetry, aws }: Surroundings) => {
  const settings = parseSettings(settingsSchema, environment);
  const sqs = new SQSClient({ ...inWorker, ...aws });
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ ...inWorker, ...aws }));
  return createRecordReset({
    userPoolId: settings.USER_POOL_ID,
    deadLetters: sqsDeadLetters(sqs, settings.RECORDS_DLQ_URL),
    failedRecords: dynamoFailedRecords(documents, settings.WINDOWS_TABLE, settings.USER_POOL_ID),
    drifts: repeatedDrifts(documents, settings.WINDOWS_TABLE, settings.USER_POOL_ID),
    windows: dynamoWindowStore(documents, settings.WINDOWS_TABLE),
    users: cognitoUserDirectory(
      new CognitoIdentityProviderClient({ ...inWorker, ...aws }),
      settings.USER_POOL_ID,
      clock,
    ),
    timers: schedulerTimers(
      new SchedulerClient({ ...inWorker, ...aws }),
      clock,
      sqsDueQueue(sqs, settings.DUE_QUEUE_URL),
      {
        group: settings.SCHEDULE_GROUP,
        queueArn: settings.DUE_QUEUE_ARN,
        roleArn: settings.TIMER_ROLE_ARN,
        deadLetterArn: settings.TIMER_DLQ_ARN,
      },
    ),
    clock,
    newId,
    policy: policyFromEnvironment(environment),
    telemetry,
  });
};
