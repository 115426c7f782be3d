import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { acceptedWindows } from "../shared/accepted-windows.ts";
import type { Clock } from "../shared/clock.ts";
import { dynamoDueIndex } from "../shared/due-index.ts";
import { policyFromOutputs } from "../shared/policy.ts";
import { sqsDueQueue } from "../shared/queues.ts";
import { dynamoServedPools } from "../shared/served-pools.ts";
import { schedulerTimers } from "../shared/timers.ts";
import { cognitoUserDirectory } from "../shared/user-directory.ts";
import { dynamoWindowReports } from "../shared/window-reports.ts";
import { dynamoWindowStore } from "../shared/window-store.ts";
import { cloudWatchAuditLog } from "./audit-log.ts";
import { type AuditEntry, auditTelemetry, type Connection } from "./connection.ts";
import type { GlobalOptions, Surroundings } from "./context.ts";
import { Failure } from "./failure.ts";
import { localClock, readLocalStack } from "./local-stack.ts";
import { parseStackOutputs } from "./stack-outputs.ts";

/** A person waits: give AWS time, and try often enough to outlast a throttle. */
const atTerminal = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

type ClientOptions = Pick<SQSClientConfig, "region" | "profile" | "endpoint" | "credentials"> & typeof atTerminal;

interface Target {
  clients: ClientOptions;
  clock: Clock;
  stack: Connection["stack"];
  outputs: Record<string, unknown>;
  caller: () => Promise<string>;
}

/** Finds the stack and builds everything from its outputs. Throws a Failure where there is none. */
export const connect = async (options: GlobalOptions, surroundings: Surroundings): Promise<Connection> => {
  const target =
    options.local === undefined
      ? await awsTarget(options, surroundings)
      : await localTarget(options.local, surroundings);
  const { clients, clock, stack, caller } = target;
  const outputs = parseStackOutputs(target.outputs);
  const audit: AuditEntry[] = [];
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(clients));
  const cognito = new CognitoIdentityProviderClient(clients);
  const sqs = new SQSClient(clients);
  const scheduler = new SchedulerClient(clients);
  return {
    stack,
    outputs,
    clock,
    caller,
    audit,
    cognito,
    sqs,
    auditLog: auditLogOf(outputs["AuditLogGroupName"], clients, () => streamName(clock.now(), surroundings.newId())),
    scheduler,
    lambda: new LambdaClient(clients),
    cloudWatch: new CloudWatchClient(clients),
    sns: new SNSClient(clients),
    sts: new STSClient(clients),
    newId: surroundings.newId,
    policy: policyFromOutputs(outputs),
    telemetry: auditTelemetry(audit, () => clock.now()),
    windows: dynamoWindowStore(documents, outputs.WindowsTableName),
    accepted: acceptedWindows(documents, outputs.WindowsTableName, outputs.UserPoolId),
    reports: dynamoWindowReports(documents, outputs.WindowsTableName),
    dueIndex: dynamoDueIndex(documents, outputs.WindowsTableName),
    servedPools: dynamoServedPools(documents, outputs.WindowsTableName),
    users: cognitoUserDirectory(cognito, outputs.UserPoolId, clock),
    timers: schedulerTimers(scheduler, clock, sqsDueQueue(sqs, outputs.DueQueueUrl), {
      group: outputs.ScheduleGroupName,
      queueArn: outputs.DueQueueArn,
      roleArn: outputs.TimerRoleArn,
      deadLetterArn: outputs.TimerDlqArn,
    }),
  };
};

const streamName = (now: Date, id: string): string => `${now.toISOString().slice(0, 10)}/${id}`;

const auditLogOf = (logGroupName: string | undefined, clients: ClientOptions, newStreamName: () => string) =>
  logGroupName === undefined
    ? undefined
    : cloudWatchAuditLog(new CloudWatchLogsClient(clients), { logGroupName, logStreamName: newStreamName() });

const localTarget = async (port: string, { environment, clock }: Surroundings): Promise<Target> => {
  const endpoint = `http://127.0.0.1:${port}`;
  const { stackName, region, accountId, outputs } = await readLocalStack(endpoint);
  const accessKeyId = environment["AWS_ACCESS_KEY_ID"] ?? "local";
  return {
    clients: { ...atTerminal, endpoint, region, credentials: { accessKeyId, secretAccessKey: "local" } },
    clock: await localClock(endpoint, clock),
    stack: { name: stackName, stage: "local", region, local: true },
    outputs,
    caller: async () => `arn:aws:iam::${accountId}:user/${accessKeyId}`,
  };
};

/** Region and profile as the AWS CLI takes them; the SDK finds the rest by itself: AWS_PROFILE, ~/.aws, SSO, roles. */
const awsTarget = async (options: GlobalOptions, { environment, clock }: Surroundings): Promise<Target> => {
  const named = options.region || environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"];
  const clients = {
    ...atTerminal,
    ...(named && { region: named }),
    ...(options.profile !== undefined && { profile: options.profile }),
  };
  const cloudFormation = new CloudFormationClient(clients);
  const region = await regionOf(cloudFormation);
  const name = options.stackName ?? `cognito-mfa-lifecycle-${options.stage}`;
  return {
    clients,
    clock,
    stack: { name, stage: options.stage, region, local: false },
    outputs: await readOutputs(cloudFormation, name, region),
    async caller() {
      const { Arn } = await new STSClient(clients).send(new GetCallerIdentityCommand({}));
      if (Arn === undefined) throw new Failure("aws-failed", "AWS did not say who you are (GetCallerIdentity).");
      return Arn;
    },
  };
};

const regionOf = async (client: CloudFormationClient): Promise<string> => {
  try {
    return await client.config.region();
  } catch (cause) {
    const next = "Say --region, set AWS_REGION, or give the profile a region in ~/.aws/config.";
    throw new Failure("configuration", "It is not known which AWS Region to work in.", next, { cause });
  }
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
const readOutputs = async (
  cloudFormation: CloudFormationClient,
  StackName: string,
  region: string,
): Promise<Record<string, unknown>> => {
  const stacks = await cloudFormation.send(new DescribeStacksCommand({ StackName })).catch((error: unknown) => {
    if (error instanceof Error && error.name === "ValidationError") return undefined;
    throw error;
  });
  const [stack] = stacks?.Stacks ?? [];
  if (stack === undefined) {
    throw new Failure(
      "configuration",
      `There is no stack ${StackName} in ${region}.`,
      "Name it with --stage or --stack-name, and its Region and account with --region and --profile; --local is for the stack of npm start.",
    );
  }
  return Object.fromEntries((stack.Outputs ?? []).map(({ OutputKey = "", OutputValue }) => [OutputKey, OutputValue]));
};
