import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { policyFromEnvironment } from "../../shared/config/policy.ts";
import { parseSettings, required } from "../../shared/config/settings.ts";
import { drillLedger, newDrillUsers } from "../../shared/drill/new-drill-user.ts";
import { randomPassword } from "../../shared/drill/random-password.ts";
import { standingDrillUser } from "../../shared/drill/standing-drill-user.ts";
import { sqsDueQueue } from "../../shared/queues/queues.ts";
import { schedulerTimers } from "../../shared/queues/timers.ts";
import { inWorker, type Surroundings } from "../../shared/runtime/surroundings.ts";
import { cognitoUserDirectory } from "../../shared/users/user-directory.ts";
import { dynamoWindowStore } from "../../shared/windows/window-store.ts";
import { createDrill } from "./drill.ts";

const settingsSchema = v.object({
  WINDOWS_TABLE: required,
  DUE_QUEUE_URL: required,
  DUE_QUEUE_ARN: required,
  SCHEDULE_GROUP: required,
  TIMER_ROLE_ARN: required,
  TIMER_DLQ_ARN: required,
  USER_POOL_ID: required,
  DRILL: v.optional(v.picklist(["true", "false"], "must be true or false"), "true"),
  DRILL_EMAIL: required,
  /** The username of a standing user; empty without one. */
  DRILL_USER: v.optional(v.string(), ""),
});

export const wire = ({ environment, clock, newId, telemetry, aws }: Surroundings) => {
  const settings = parseSettings(settingsSchema, environment);
  const policy = policyFromEnvironment(environment);
  const cognito = new CognitoIdentityProviderClient({ ...inWorker, ...aws });
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ ...inWorker, ...aws }));
  const userPoolId = settings.USER_POOL_ID;
  return createDrill({
    isWanted: settings.DRILL === "true",
    windows: dynamoWindowStore(documents, settings.WINDOWS_TABLE),
    users: cognitoUserDirectory(cognito, userPoolId, clock),
    drillUsers:
      settings.DRILL_USER === ""
        ? newDrillUsers({
            cognito,
            ledger: drillLedger(documents, settings.WINDOWS_TABLE, userPoolId),
            userPoolId,
            email: settings.DRILL_EMAIL,
            scope: policy.scope,
            clock,
            newId,
            newPassword: randomPassword,
          })
        : standingDrillUser({ cognito, userPoolId, username: settings.DRILL_USER }),
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
