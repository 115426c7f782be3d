import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SNSClient } from "@aws-sdk/client-sns";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { acceptedWindows } from "../../shared/accepted-windows.ts";
import { dynamoFailedRecords } from "../../shared/failed-records.ts";
import { policyFromEnvironment } from "../../shared/policy.ts";
import { parseSettings, required } from "../../shared/settings.ts";
import { inWorker, type Surroundings } from "../../shared/surroundings.ts";
import { dynamoWindowStore } from "../../shared/window-store.ts";
import { createExplainAlarm } from "./explain-alarm.ts";
import { snsNotices } from "./notices.ts";

const settingsSchema = v.object({
  WINDOWS_TABLE: required,
  ALARM_TOPIC_ARN: required,
  USER_POOL_ID: required,
  STAGE: required,
});

export const wire = ({ environment, clock, telemetry, aws }: Surroundings) => {
  const settings = parseSettings(settingsSchema, environment);
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ ...inWorker, ...aws }));
  return createExplainAlarm({
    userPoolId: settings.USER_POOL_ID,
    stage: settings.STAGE,
    windows: dynamoWindowStore(documents, settings.WINDOWS_TABLE),
    accepted: acceptedWindows(documents, settings.WINDOWS_TABLE, settings.USER_POOL_ID),
    failedRecords: dynamoFailedRecords(documents, settings.WINDOWS_TABLE, settings.USER_POOL_ID),
    notices: snsNotices(new SNSClient({ ...inWorker, ...aws }), settings.ALARM_TOPIC_ARN),
    policy: policyFromEnvironment(environment),
    clock,
    telemetry,
  });
};
