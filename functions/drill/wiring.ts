import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { cognitoDrillUsers } from "../../shared/drill/drill-user.ts";
import { randomPassword } from "../../shared/drill/random-password.ts";
import { policyFromEnvironment } from "../../shared/policy.ts";
import { sqsDueQueue } from "../../shared/queues.ts";
import { parseSettings, required } from "../../shared/settings.ts";
import { inWorker, type Surroundings } from "../../shared/surroundings.ts";
import { schedulerTimers } from "../../shared/timers.ts";
import { cognitoUserDirectory } from "../../shared/user-directory.ts";
import { dynamoWindowStore } from "../../shared/window-store.ts";
import { createDrill } from "./drill.ts";

const settingsSchema = v.object({
  WINDOWS_TABLE: required,
  DUE_QUEUE_URL: required,
  DUE_QUEUE_ARN: required,
  SCHEDULE_GROUP: required,
  TIMER_ROLE_ARN: required,
  TIMER_DLQ_ARN: required,
  USER_POOL_ID: required,
  DRILL_EMAIL: required,
});

export const wire = ({ environment, clock, newId, telemetry, aws }: Surroundings) => {
  const settings = parseSettings(settingsSchema, environment);
  const policy = policyFromEnvironment(environment);
  const cognito = new CognitoIdentityProviderClient({ ...inWorker, ...aws });
  return createDrill({
    windows: dynamoWindowStore(
      DynamoDBDocumentClient.from(new DynamoDBClient({ ...inWorker, ...aws })),
      settings.WINDOWS_TABLE,
    ),
    users: cognitoUserDirectory(cognito, settings.USER_POOL_ID, clock),
    drillUsers: cognitoDrillUsers({
      cognito,
      userPoolId: settings.USER_POOL_ID,
      email: settings.DRILL_EMAIL,
      scope: policy.scope,
      clock,
      newPassword: randomPassword,
    }),
    timers: schedulerTimers(
      new SchedulerClient({ ...inWorker, ...aws }),
      clock,
      sqsDueQueue(new SQSClient({ ...inWorker, ...aws }), settings.DUE_QUEUE_URL),
      {
        group: settings.SCHEDULE_GROUP,
        queueArn: settings.DUE_QUEUE_ARN,
        roleArn: settings.TIMER_ROLE_ARN,
        deadLetterArn: settings.TIMER_DLQ_ARN,
      },
    ),
    clock,
    newId,
    policy,
    telemetry,
  });
};
