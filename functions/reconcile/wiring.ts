import { SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { policyFromEnvironment } from "../../shared/config/policy.ts";
import { parseSettings, required } from "../../shared/config/settings.ts";
import { acceptedWindows } from "../../shared/ledgers/accepted-windows.ts";
import { dynamoFailedRecords } from "../../shared/ledgers/failed-records.ts";
import { dynamoLedger } from "../../shared/ledgers/ledger.ts";
import { dynamoServedPools } from "../../shared/ledgers/served-pools.ts";
import { queueDepth, sqsDueQueue } from "../../shared/queues/queues.ts";
import type { Surroundings } from "../../shared/runtime/surroundings.ts";
import { inWorkerWith, workerDocuments } from "../../shared/runtime/wiring.ts";
import { dynamoDueIndex } from "../../shared/windows/due-index.ts";
import { sendFailedRecordsAgain } from "./failed-records.ts";
import { createReconcile } from "./reconcile.ts";
import { sqsRecordsQueue } from "./records-queue.ts";
import { reconcilerState } from "./state.ts";

const settingsSchema = v.object({
  WINDOWS_TABLE: required,
  DUE_QUEUE_URL: required,
  RECORDS_QUEUE_URL: required,
  USER_POOL_ID: required,
  RECORDS_DLQ_URL: required,
  DUE_DLQ_URL: required,
  TIMER_DLQ_URL: required,
  RECONCILE_DLQ_URL: required,
  EXPLAIN_ALARM_DLQ_URL: required,
  DRILL_DLQ_URL: required,
});

export const wire = (surroundings: Surroundings) => {
  const { environment, clock, telemetry } = surroundings;
  const settings = parseSettings(settingsSchema, environment);
  const { WINDOWS_TABLE: table, USER_POOL_ID: userPoolId } = settings;
  const options = inWorkerWith(surroundings);
  const documents = workerDocuments(surroundings);
  const sqs = new SQSClient(options);
  const failedRecords = dynamoFailedRecords(documents, table, userPoolId);
  const records = sqsRecordsQueue(sqs, settings.RECORDS_QUEUE_URL);
  const deadLetterQueue = (name: string, url: string) => ({ name, depth: () => queueDepth(sqs, url) });
  return createReconcile({
    userPoolId,
    index: dynamoDueIndex(documents, table),
    queue: sqsDueQueue(sqs, settings.DUE_QUEUE_URL),
    accepted: acceptedWindows(documents, table, userPoolId),
    sendFailedRecordsAgain: (mayGoOn) => sendFailedRecordsAgain({ failedRecords, records, clock, telemetry }, mayGoOn),
    deadLetterQueues: [
      deadLetterQueue("records", settings.RECORDS_DLQ_URL),
      deadLetterQueue("due", settings.DUE_DLQ_URL),
      deadLetterQueue("timer", settings.TIMER_DLQ_URL),
      deadLetterQueue("reconcile", settings.RECONCILE_DLQ_URL),
      deadLetterQueue("explain-alarm", settings.EXPLAIN_ALARM_DLQ_URL),
      deadLetterQueue("drill", settings.DRILL_DLQ_URL),
    ],
    state: dynamoLedger(documents, table, { name: "reconciler", userPoolId, schema: reconcilerState }),
    servedPools: dynamoServedPools(documents, table),
    policy: policyFromEnvironment(environment),
    clock,
    telemetry,
  });
};
