import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createReEnableMfa } from "../functions/re-enable-mfa/re-enable-mfa.ts";
import { createRecordReset } from "../functions/record-reset/record-reset.ts";
import type { Wire } from "../local/stack.ts";
import { policyFromEnvironment } from "../shared/config/policy.ts";
import { dynamoFailedRecords } from "../shared/ledgers/failed-records.ts";
import { repeatedDrifts } from "../shared/ledgers/repeated-drifts.ts";
import type { Deps } from "../shared/lifecycle/deps.ts";
import { type DeadLetters, sqsDeadLetters, sqsDueQueue } from "../shared/queues/queues.ts";
import { schedulerTimers } from "../shared/queues/timers.ts";
import { createPacer } from "../shared/runtime/pacer.ts";
import type { Surroundings } from "../shared/runtime/surroundings.ts";
import { cognitoUserDirectory } from "../shared/users/user-directory.ts";
import { dynamoWindowStore } from "../shared/windows/window-store.ts";

/** The ports of a function, and what a bug can get at besides. */
export type Ports = Deps & { deadLetters: DeadLetters; surroundings: Surroundings };

/** Wires record-reset as its own wiring does, but with ports that have been tampered with. */
export const recordResetWith =
  (tamper: (ports: Ports) => Partial<Ports>): Wire =>
  (surroundings) => {
    const ports = portsOf(surroundings, "RECORDS_DLQ_URL");
    const userPoolId = setting(surroundings, "USER_POOL_ID");
    const table = setting(surroundings, "WINDOWS_TABLE");
    const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ ...surroundings.aws }));
    const failedRecords = dynamoFailedRecords(documents, table, userPoolId);
    const drifts = repeatedDrifts(documents, table, userPoolId);
    return createRecordReset({ ...ports, ...tamper(ports), userPoolId, failedRecords, drifts });
  };

/** The same for re-enable-mfa. */
export const reEnableWith =
  (tamper: (ports: Ports) => Partial<Ports>): Wire =>
  (surroundings) => {
    const ports = portsOf(surroundings, "DUE_DLQ_URL");
    return createReEnableMfa({
      ...ports,
      ...tamper(ports),
      userPoolId: setting(surroundings, "USER_POOL_ID"),
      queue: sqsDueQueue(new SQSClient({ ...surroundings.aws }), setting(surroundings, "DUE_QUEUE_URL")),
      pacer: createPacer(surroundings.clock, ports.policy.reEnableRate / 2, 1),
    });
  };

const setting = ({ environment }: Surroundings, name: string): string => environment[name] ?? "";

const portsOf = (surroundings: Surroundings, deadLetterQueue: string): Ports => {
  const { aws = {}, clock, newId, telemetry, environment } = surroundings;
  const sqs = new SQSClient(aws);
  return {
    surroundings,
    windows: dynamoWindowStore(
      DynamoDBDocumentClient.from(new DynamoDBClient(aws)),
      setting(surroundings, "WINDOWS_TABLE"),
    ),
    users: cognitoUserDirectory(new CognitoIdentityProviderClient(aws), setting(surroundings, "USER_POOL_ID"), clock),
    timers: schedulerTimers(new SchedulerClient(aws), clock, sqsDueQueue(sqs, setting(surroundings, "DUE_QUEUE_URL")), {
      group: setting(surroundings, "SCHEDULE_GROUP"),
      queueArn: setting(surroundings, "DUE_QUEUE_ARN"),
      roleArn: setting(surroundings, "TIMER_ROLE_ARN"),
      deadLetterArn: setting(surroundings, "TIMER_DLQ_ARN"),
    }),
    deadLetters: sqsDeadLetters(sqs, setting(surroundings, deadLetterQueue)),
    clock,
    newId,
    telemetry,
    policy: policyFromEnvironment(environment),
  };
};
