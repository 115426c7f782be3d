import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { policyFromEnvironment } from "../../shared/config/policy.ts";
import { parseSettings, required } from "../../shared/config/settings.ts";
import { sqsDeadLetters, sqsDueQueue } from "../../shared/queues/queues.ts";
import { createPacer } from "../../shared/runtime/pacer.ts";
import type { Surroundings } from "../../shared/runtime/surroundings.ts";
import { inWorkerWith, workerDocuments } from "../../shared/runtime/wiring.ts";
import { cognitoUserDirectory } from "../../shared/users/user-directory.ts";
import { dynamoWindowStore } from "../../shared/windows/window-store.ts";
import { createReEnableMfa } from "./re-enable-mfa.ts";

const settingsSchema = v.object({
  WINDOWS_TABLE: required,
  DUE_QUEUE_URL: required,
  DUE_DLQ_URL: required,
  USER_POOL_ID: required,
});

/** The number of workers that share the rate: the event source mapping's `maximumConcurrency` in serverless.yml. */
const workers = 2;

/**
 * Seconds of turns that a worker may make up for. Between two batches it waits for Cognito and the table, and without
 * this time it stays a tenth below its rate.
 */
const catchUp = 0.5;

/** Everything that re-enable-mfa works with. */
export const ports = (surroundings: Surroundings) => {
  const { environment, clock, telemetry } = surroundings;
  const settings = parseSettings(settingsSchema, environment);
  const { WINDOWS_TABLE: table, USER_POOL_ID: userPoolId } = settings;
  const policy = policyFromEnvironment(environment);
  const rate = policy.reEnableRate / workers;
  const options = inWorkerWith(surroundings);
  const sqs = new SQSClient(options);
  return {
    userPoolId,
    deadLetters: sqsDeadLetters(sqs, settings.DUE_DLQ_URL),
    queue: sqsDueQueue(sqs, settings.DUE_QUEUE_URL),
    windows: dynamoWindowStore(workerDocuments(surroundings), table),
    users: cognitoUserDirectory(new CognitoIdentityProviderClient(options), userPoolId, clock),
    pacer: createPacer(clock, rate, Math.max(1, Math.ceil(rate * catchUp))),
    clock,
    policy,
    telemetry,
  };
};

export const wire = (surroundings: Surroundings) => createReEnableMfa(ports(surroundings));
