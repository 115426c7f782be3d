import type { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { SchedulerClient } from "@aws-sdk/client-scheduler";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type * as v from "valibot";
import { required } from "../config/settings.ts";
import { sqsDueQueue } from "../queues/queues.ts";
import { schedulerTimers } from "../queues/timers.ts";
import type { Clock } from "../runtime/clock.ts";
import { cognitoUserDirectory } from "../users/user-directory.ts";
import { dynamoWindowStore } from "../windows/window-store.ts";
import type { Deps } from "./deps.ts";

/** The resources that the lifecycle works with, as the environment of a function names them. */
export const lifecycleSettings = {
  WINDOWS_TABLE: required,
  USER_POOL_ID: required,
  DUE_QUEUE_URL: required,
  DUE_QUEUE_ARN: required,
  SCHEDULE_GROUP: required,
  TIMER_ROLE_ARN: required,
  TIMER_DLQ_ARN: required,
};

type LifecycleSettings = v.InferOutput<v.ObjectSchema<typeof lifecycleSettings, undefined>>;

interface Clients {
  documents: DynamoDBDocumentClient;
  cognito: CognitoIdentityProviderClient;
  scheduler: SchedulerClient;
  sqs: SQSClient;
}

/** The table, the users and the timers of the lifecycle, for everything that runs all of it. */
export const wireLifecycle = (
  { documents, cognito, scheduler, sqs }: Clients,
  settings: LifecycleSettings,
  clock: Clock,
): Pick<Deps, "windows" | "users" | "timers"> => ({
  windows: dynamoWindowStore(documents, settings.WINDOWS_TABLE),
  users: cognitoUserDirectory(cognito, settings.USER_POOL_ID, clock),
  timers: schedulerTimers(scheduler, clock, sqsDueQueue(sqs, settings.DUE_QUEUE_URL), {
    group: settings.SCHEDULE_GROUP,
    queueArn: settings.DUE_QUEUE_ARN,
    roleArn: settings.TIMER_ROLE_ARN,
    deadLetterArn: settings.TIMER_DLQ_ARN,
  }),
});
