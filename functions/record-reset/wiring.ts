import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { policyFromEnvironment } from "../../shared/config/policy.ts";
import { parseSettings, required } from "../../shared/config/settings.ts";
import { dynamoFailedRecords } from "../../shared/ledgers/failed-records.ts";
import { repeatedDrifts } from "../../shared/ledgers/repeated-drifts.ts";
import { lifecycleSettings, wireLifecycle } from "../../shared/lifecycle/wiring.ts";
import { sqsDeadLetters } from "../../shared/queues/queues.ts";
import type { Surroundings } from "../../shared/runtime/surroundings.ts";
import { inWorkerWith, workerDocuments } from "../../shared/runtime/wiring.ts";
import { createRecordReset } from "./record-reset.ts";

const settingsSchema = v.object({ ...lifecycleSettings, RECORDS_DLQ_URL: required });

/** Everything that record-reset works with. */
export const ports = (surroundings: Surroundings) => {
  const { environment, clock, newId, telemetry } = surroundings;
  const settings = parseSettings(settingsSchema, environment);
  const { WINDOWS_TABLE: table, USER_POOL_ID: userPoolId } = settings;
  const options = inWorkerWith(surroundings);
  const documents = workerDocuments(surroundings);
  const cognito = new CognitoIdentityProviderClient(options);
  const scheduler = new SchedulerClient(options);
  const sqs = new SQSClient(options);
  return {
    ...wireLifecycle({ documents, cognito, scheduler, sqs }, settings, clock),
    userPoolId,
    deadLetters: sqsDeadLetters(sqs, settings.RECORDS_DLQ_URL),
    failedRecords: dynamoFailedRecords(documents, table, userPoolId),
    drifts: repeatedDrifts(documents, table, userPoolId),
    clock,
    newId,
    policy: policyFromEnvironment(environment),
    telemetry,
  };
};

export const wire = (surroundings: Surroundings) => createRecordReset(ports(surroundings));
