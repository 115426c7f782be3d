import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { AddPermissionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateScheduleGroupCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { ConfiguredRetryStrategy } from "@smithy/core/retry";
import * as v from "valibot";
import { EventSourceMapping } from "@cognito-mfa-lifecycle/local-aws/lambda/event-source-mapping.ts";
import type { LambdaHandler } from "@cognito-mfa-lifecycle/local-aws/lambda/lambda-runtime.ts";
import type { LocalAws } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import { wire as customMessage } from "../functions/custom-message/wiring.ts";
import { wire as drill } from "../functions/drill/wiring.ts";
import { wire as postAuthentication } from "../functions/post-authentication/wiring.ts";
import { wire as postConfirmation } from "../functions/post-confirmation/wiring.ts";
import { wire as reEnableMfa } from "../functions/re-enable-mfa/wiring.ts";
import { wire as reconcile } from "../functions/reconcile/wiring.ts";
import { wire as recordReset } from "../functions/record-reset/wiring.ts";
import { minute } from "../shared/config/duration.ts";
import { policyFromEnvironment } from "../shared/config/policy.ts";
import { parseSettings } from "../shared/config/settings.ts";
import { simulatorAddress } from "../shared/drill/drill-user.ts";
import type { Deps } from "../shared/lifecycle/deps.ts";
import { lifecycleSettings, wireLifecycle } from "../shared/lifecycle/wiring.ts";
import type { Surroundings } from "../shared/runtime/surroundings.ts";
import { dynamoWindowReports } from "../shared/windows/window-reports.ts";
import { createAlarms } from "./alarms.ts";
import { RecordedTelemetry } from "./recorded-telemetry.ts";
import { createReferencePool } from "./reference-pool.ts";
import { names } from "./service-names.ts";
import { stackOutputs } from "./stack-outputs.ts";
import { createWindowsTable } from "./windows-table.ts";

export type Stack = Awaited<ReturnType<typeof deployStack>>;

export type Wire = (surroundings: Surroundings) => unknown;

/** Replacements for parts of the stack. */
export interface StackOptions {
  createPool?: typeof createReferencePool;
  /** Returns the surroundings of a function or the operator, based on the usual ones. */
  surroundings?: (caller: string, usual: Required<Surroundings>) => Required<Surroundings>;
  /** Returns the handler of a function. */
  handler?: (functionName: string, wire: Wire, surroundings: Surroundings) => LambdaHandler;
}

const seconds = 1000;

/** The functions, with the time-outs of serverless.yml in milliseconds. */
const functions: Record<string, { wire: Wire; timeoutMs: number }> = {
  "custom-message": { wire: customMessage, timeoutMs: 5 * seconds },
  "post-confirmation": { wire: postConfirmation, timeoutMs: 5 * seconds },
  "post-authentication": { wire: postAuthentication, timeoutMs: 5 * seconds },
  "record-reset": { wire: recordReset, timeoutMs: 60 * seconds },
  "re-enable-mfa": { wire: reEnableMfa, timeoutMs: 60 * seconds },
  reconcile: { wire: reconcile, timeoutMs: 60 * seconds },
  drill: { wire: drill, timeoutMs: 900 * seconds },
};

/**
 * Deploys the service on a local AWS, as serverless.yml does in AWS, with the same functions and wiring. `parameters`
 * are environment variables of the policy, such as GRACE_PERIOD.
 */
export const deployStack = async (
  aws: LocalAws,
  newId: () => string,
  parameters: Record<string, string> = {},
  { createPool = createReferencePool, surroundings: adapt, handler = asWired }: StackOptions = {},
) => {
  const options = { ...aws.clientOptions("deployment"), requestHandler: aws.requestHandler };
  const sqs = new SQSClient(options);
  const queue = async (QueueName: string, Attributes: Record<string, string> = {}) => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    return { url: QueueUrl ?? "", arn: `arn:aws:sqs:${aws.region}:${aws.accountId}:${QueueName}` };
  };
  const redrive = (deadLetterTargetArn: string, visibilitySeconds: number) => ({
    VisibilityTimeout: String(visibilitySeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 100 }),
  });
  const recordsDlq = await queue(names.recordsDlq);
  const dueDlq = await queue(names.dueDlq);
  const timerDlq = await queue(names.timerDlq);
  const reconcileDlq = await queue(names.reconcileDlq);
  const explainAlarmDlq = await queue(names.explainAlarmDlq);
  const drillDlq = await queue(names.drillDlq);
  const records = await queue(names.recordsQueue, redrive(recordsDlq.arn, 360));
  const due = await queue(names.dueQueue, redrive(dueDlq.arn, 360));
  const scheduler = new SchedulerClient(options);
  await scheduler.send(new CreateScheduleGroupCommand({ Name: names.scheduleGroup }));
  await createWindowsTable(new DynamoDBClient(options));
  const pool = await createPool(new CognitoIdentityProviderClient(options), {
    customMessage: aws.lambda.arn("custom-message"),
    postConfirmation: aws.lambda.arn("post-confirmation"),
    postAuthentication: aws.lambda.arn("post-authentication"),
  });

  const timerRoleArn = `arn:aws:iam::${aws.accountId}:role/timer`;
  const environment: Record<string, string> = {
    WINDOWS_TABLE: names.windowsTable,
    RECORDS_QUEUE_URL: records.url,
    RECORDS_DLQ_URL: recordsDlq.url,
    DUE_QUEUE_URL: due.url,
    DUE_QUEUE_ARN: due.arn,
    DUE_DLQ_URL: dueDlq.url,
    TIMER_DLQ_URL: timerDlq.url,
    RECONCILE_DLQ_URL: reconcileDlq.url,
    EXPLAIN_ALARM_DLQ_URL: explainAlarmDlq.url,
    DRILL_DLQ_URL: drillDlq.url,
    SCHEDULE_GROUP: names.scheduleGroup,
    TIMER_ROLE_ARN: timerRoleArn,
    TIMER_DLQ_ARN: timerDlq.arn,
    USER_POOL_ID: pool.userPoolId,
    DRILL_EMAIL: simulatorAddress,
    ...parameters,
  };
  const queues = { records, recordsDlq, due, dueDlq, timerDlq, reconcileDlq, explainAlarmDlq, drillDlq };
  const telemetry = new RecordedTelemetry(aws.clock);
  aws.cloudWatch.data = () => telemetry.data(names.stack);
  const usual = (caller: string): Required<Surroundings> => ({
    environment: {
      ...environment,
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: aws.region,
      AWS_ACCESS_KEY_ID: caller,
      AWS_SECRET_ACCESS_KEY: "local",
    },
    clock: aws.clock,
    newId,
    telemetry: telemetry.for(caller),
    // Clients pause between attempts in real time, while the local clock stands still.
    light: { send: aws.send, pause: async () => undefined },
    aws: {
      ...aws.clientOptions(caller),
      requestHandler: aws.requestHandler,
      retryStrategy: new ConfiguredRetryStrategy(3, () => 0),
    },
  });
  const surroundings = (caller: string) => adapt?.(caller, usual(caller)) ?? usual(caller);
  for (const [name, { wire, timeoutMs }] of Object.entries(functions)) {
    aws.lambda.register(name, handler(name, wire, surroundings(name)), { timeoutMs, environment });
  }
  await permitPool(aws, pool.userPoolId);
  const feed = (queueName: string, functionName: string, maximumConcurrency: number) =>
    new EventSourceMapping({
      clock: aws.clock,
      lambda: aws.lambda,
      queue: aws.sqs.findByName(queueName),
      functionName,
      batchSize: 10,
      maximumConcurrency,
      reportBatchItemFailures: true,
    });
  feed(names.recordsQueue, "record-reset", 5);
  feed(names.dueQueue, "re-enable-mfa", 2);
  every(5 * minute, aws, () => void aws.lambda.invoke("reconcile", {}));
  const outputs = {
    ...stackOutputs(environment, queues, (name) => aws.lambda.arn(name)),
    AlarmTopicArn: await createAlarms(aws),
  };
  aws.publishStack(names.stack, outputs);
  aws.cloudFormation.put({ name: names.stack, createdAt: aws.clock.now(), outputs });

  return {
    aws,
    ...pool,
    outputs,
    environment,
    telemetry,
    operator: operatorDeps(surroundings("operator")),
    reports: dynamoWindowReports(DynamoDBDocumentClient.from(new DynamoDBClient(options)), names.windowsTable),
  };
};

/** Allows the pool to invoke its triggers, as infra/pool-permissions.yml does. */
const permitPool = async (aws: LocalAws, userPoolId: string): Promise<void> => {
  const lambda = new LambdaClient(aws.clientOptions("deployment"));
  for (const FunctionName of ["custom-message", "post-confirmation", "post-authentication"]) {
    await lambda.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId: "pool",
        Action: "lambda:InvokeFunction",
        Principal: "cognito-idp.amazonaws.com",
        SourceAccount: aws.accountId,
        SourceArn: `arn:aws:cognito-idp:${aws.region}:${aws.accountId}:userpool/${userPoolId}`,
      }),
    );
  }
};

const asWired: NonNullable<StackOptions["handler"]> = (_name, wire, surroundings) =>
  wire(surroundings) as LambdaHandler;

/** What the lifecycle needs when an operator acts. */
const operatorDeps = ({ environment, clock, newId, telemetry, aws }: Required<Surroundings>): Deps => ({
  ...wireLifecycle(
    {
      documents: DynamoDBDocumentClient.from(new DynamoDBClient(aws)),
      cognito: new CognitoIdentityProviderClient(aws),
      scheduler: new SchedulerClient(aws),
      sqs: new SQSClient(aws),
    },
    parseSettings(v.object(lifecycleSettings), environment),
    clock,
  ),
  clock,
  newId,
  policy: policyFromEnvironment(environment),
  telemetry,
});

const every = (milliseconds: number, aws: LocalAws, run: () => void): void => {
  aws.clock.at(new Date(aws.clock.now().getTime() + milliseconds), () => {
    run();
    every(milliseconds, aws, run);
  });
};
