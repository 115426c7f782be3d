import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { policyFromEnvironment } from "../../shared/config/policy.ts";
import { parseSettings, required } from "../../shared/config/settings.ts";
import { sqsDeadLetters, sqsDueQueue } from "../../shared/queues/queues.ts";
import { createPacer } from "../../shared/runtime/pacer.ts";
import { inWorker, type Surroundings } from "../../shared/runtime/surroundings.ts";
import { cognitoUserDirectory } from "../../shared/users/user-directory.ts";
import { dynamoWindowStore } from "../../shared/windows/window-store.ts";
import { createReEnableMfa } from "./re-enable-mfa.ts";

const settingsSchema = v.object({
  WINDOWS_TABLE: required,
  DUE_QUEUE_URL: required,
  DUE_DLQ_URL: required,
  USER_POOL_ID: required,
});

/** The event source mapping's maximum concurrency in serverless.yml: the workers that share the rate. */
const workers = 2;

/**
 * Seconds of turns that a worker may make up for: between two batches it waits for Cognito and the table, and without
 * that time it stays a tenth below its rate.
 */
const catchUp = 0.5;

export const wire = ({ environment, clock, telemetry, aws }: Surroundings) => {
  const settings = parseSettings(settingsSchema, environment);
  const policy = policyFromEnvironment(environment);
  const rate = policy.reEnableRate / workers;
  const sqs = new SQSClient({ ...inWorker, ...aws });
  return createReEnableMfa({
    userPoolId: settings.USER_POOL_ID,
    deadLetters: sqsDeadLetters(sqs, settings.DUE_DLQ_URL),
    queue: sqsDueQueue(sqs, settings.DUE_QUEUE_URL),
    windows: dynamoWindowStore(
      DynamoDBDocumentClient.from(new DynamoDBClient({ ...inWorker, ...aws })),
      settings.WINDOWS_TABLE,
    ),
    users: cognitoUserDirectory(
      new CognitoIdentityProviderClient({ ...inWorker, ...aws }),
      settings.USER_POOL_ID,
      clock,
    ),
    pacer: createPacer(clock, rate, Math.max(1, Math.ceil(rate * catchUp))),
    clock,
    policy,
    telemetry,
  });
};
