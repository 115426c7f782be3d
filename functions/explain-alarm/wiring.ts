import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { policyFromEnvironment } from "../../shared/config/policy.ts";
import { parseSettings, required } from "../../shared/config/settings.ts";
import { acceptedWindows } from "../../shared/ledgers/accepted-windows.ts";
import { dynamoFailedRecords } from "../../shared/ledgers/failed-records.ts";
import { repeatedDrifts } from "../../shared/ledgers/repeated-drifts.ts";
import { dynamoServedPools } from "../../shared/ledgers/served-pools.ts";
import type { Surroundings } from "../../shared/runtime/surroundings.ts";
import { inWorkerWith, workerDocuments } from "../../shared/runtime/wiring.ts";
import { dynamoDueIndex } from "../../shared/windows/due-index.ts";
import { dynamoWindowStore } from "../../shared/windows/window-store.ts";
import { createExplainAlarm } from "./explain-alarm.ts";
import { snsNotices } from "./notices.ts";
import { awsStanding } from "./standing.ts";

const settingsSchema = v.object({
  WINDOWS_TABLE: required,
  ALARM_TOPIC_ARN: required,
  USER_POOL_ID: required,
  STAGE: required,
  ALARM_NAME_PREFIX: required,
  DEAD_LETTER_QUEUE_URLS: required,
});

export const wire = (surroundings: Surroundings) => {
  const { environment, clock, telemetry } = surroundings;
  const settings = parseSettings(settingsSchema, environment);
  const options = inWorkerWith(surroundings);
  const documents = workerDocuments(surroundings);
  return createExplainAlarm({
    service: settings.ALARM_NAME_PREFIX.replace(/-$/, ""),
    userPoolId: settings.USER_POOL_ID,
    stage: settings.STAGE,
    windows: dynamoWindowStore(documents, settings.WINDOWS_TABLE),
    accepted: acceptedWindows(documents, settings.WINDOWS_TABLE, settings.USER_POOL_ID),
    failedRecords: dynamoFailedRecords(documents, settings.WINDOWS_TABLE, settings.USER_POOL_ID),
    drifts: repeatedDrifts(documents, settings.WINDOWS_TABLE, settings.USER_POOL_ID),
    standing: awsStanding(
      {
        cloudWatch: new CloudWatchClient(options),
        sqs: new SQSClient(options),
      },
      {
        alarmNamePrefix: settings.ALARM_NAME_PREFIX,
        deadLetterQueueUrls: settings.DEAD_LETTER_QUEUE_URLS.split(","),
      },
    ),
    index: dynamoDueIndex(documents, settings.WINDOWS_TABLE),
    servedPools: dynamoServedPools(documents, settings.WINDOWS_TABLE),
    notices: snsNotices(new SNSClient(options), settings.ALARM_TOPIC_ARN),
    policy: policyFromEnvironment(environment),
    clock,
    telemetry,
  });
};
