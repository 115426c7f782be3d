import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import {
  GetCallerIdentityCommand,
  getDefaultRoleAssumer,
  getDefaultRoleAssumerWithWebIdentity,
  STSClient,
} from "@aws-sdk/client-sts";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { policyFromOutputs } from "../../shared/config/policy.ts";
import { drillLedger } from "../../shared/drill/new-drill-user.ts";
import { acceptedWindows } from "../../shared/ledgers/accepted-windows.ts";
import { dynamoServedPools } from "../../shared/ledgers/served-pools.ts";
import { wireLifecycle } from "../../shared/lifecycle/wiring.ts";
import type { Clock } from "../../shared/runtime/clock.ts";
import { dynamoDueIndex } from "../../shared/windows/due-index.ts";
import { dynamoWindowReports } from "../../shared/windows/window-reports.ts";
import { cloudWatchAuditLog } from "../audit/audit-log.ts";
import { auditTelemetry, auditTrail } from "../audit/audit-trail.ts";
import { caBundleOf } from "../aws/ca-bundle.ts";
import { endpointOf, endpointOfAllServices, regionOf, retriesOf } from "../aws/client-settings.ts";
import { credentialSource } from "../aws/credential-source.ts";
import { credentialsFrom } from "../aws/credentials.ts";
import { loadProfile } from "../aws/profile.ts";
import { EnvironmentAgent } from "../aws/proxy.ts";
import { Failure } from "../exit/failure.ts";
import type { Interruption } from "../terminal/interruption.ts";
import type { Connection } from "./connection.ts";
import type { GlobalOptions, Host } from "./context.ts";
import { localClock, readLocalStack } from "./local-stack.ts";
import { parseStackOutputs, type StackOutputs } from "./stack-outputs.ts";

/** In milliseconds: enough for a slow answer from AWS. */
const timeouts = { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true };

type ClientOptions = Pick<
  SQSClientConfig,
  | "credentials"
  | "endpoint"
  | "ignoreConfiguredEndpointUrls"
  | "maxAttempts"
  | "profile"
  | "region"
  | "requestHandler"
  | "retryMode"
  | "useDualstackEndpoint"
  | "useFipsEndpoint"
>;

/** Returns the client options for a service, by the SDK's `serviceId`. */
type ClientsOf = (serviceId: string) => ClientOptions;

interface Target {
  clients: ClientsOf;
  clock: Clock;
  stack: Connection["stack"];
  outputs: Record<string, unknown>;
  caller: () => Promise<string>;
}

/**
 * Finds the stack and builds its clients from the outputs. `interruption` watches the clients that can change something. Throws
 * a Failure when the stack does not exist.
 */
export const connect = async (options: GlobalOptions, host: Host, interruption: Interruption): Promise<Connection> => {
  const target = options.local === undefined ? await awsTarget(options, host) : await localTarget(options.local, host);
  const { clients, clock, stack, caller } = target;
  const outputs = parseStackOutputs(target.outputs);
  const trail = auditTrail(
    auditLogOf(outputs["AuditLogGroupName"], clients, () => streamName(clock.now(), host.newId())),
  );
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(clients("DynamoDB")));
  const cognito = new CognitoIdentityProviderClient(clients("Cognito Identity Provider"));
  const sqs = new SQSClient(clients("SQS"));
  const scheduler = new SchedulerClient(clients("Scheduler"));
  interruption.watch(documents);
  interruption.watch(cognito);
  interruption.watch(sqs);
  interruption.watch(scheduler);
  return {
    stack,
    outputs,
    clock: interruption.interruptible(clock),
    caller,
    audit: trail.entries,
    auditWritten: () => trail.written(),
    cognito,
    sqs,
    scheduler,
    lambda: new LambdaClient(clients("Lambda")),
    cloudWatch: new CloudWatchClient(clients("CloudWatch")),
    sns: new SNSClient(clients("SNS")),
    sts: new STSClient(clients("STS")),
    newId: host.newId,
    policy: policyFromOutputs(outputs),
    telemetry: auditTelemetry(trail, () => clock.now()),
    ...wireLifecycle({ documents, cognito, scheduler, sqs }, settingsFrom(outputs), clock),
    accepted: acceptedWindows(documents, outputs.WindowsTableName, outputs.UserPoolId),
    reports: dynamoWindowReports(documents, outputs.WindowsTableName),
    dueIndex: dynamoDueIndex(documents, outputs.WindowsTableName),
    servedPools: dynamoServedPools(documents, outputs.WindowsTableName),
    drillLedger: drillLedger(documents, outputs.WindowsTableName, outputs.UserPoolId),
  };
};

/** The stack's outputs, by the names that functions have for them. */
const settingsFrom = (outputs: StackOutputs) => ({
  WINDOWS_TABLE: outputs.WindowsTableName,
  USER_POOL_ID: outputs.UserPoolId,
  DUE_QUEUE_URL: outputs.DueQueueUrl,
  DUE_QUEUE_ARN: outputs.DueQueueArn,
  SCHEDULE_GROUP: outputs.ScheduleGroupName,
  TIMER_ROLE_ARN: outputs.TimerRoleArn,
  TIMER_DLQ_ARN: outputs.TimerDlqArn,
});

const streamName = (now: Date, id: string): string => `${now.toISOString().slice(0, 10)}/${id}`;

const auditLogOf = (logGroupName: string | undefined, clients: ClientsOf, newStreamName: () => string) =>
  logGroupName === undefined
    ? undefined
    : cloudWatchAuditLog(new CloudWatchLogsClient(clients("CloudWatch Logs")), {
        logGroupName,
        logStreamName: newStreamName(),
      });

const localTarget = async (port: string, { environment, clock }: Host): Promise<Target> => {
  const endpoint = `http://127.0.0.1:${port}`;
  const { stackName, region, accountId, outputs } = await readLocalStack(endpoint);
  const accessKeyId = environment["AWS_ACCESS_KEY_ID"] ?? "local";
  return {
    clients: () => ({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey: "local" },
      requestHandler: timeouts,
      maxAttempts: 4,
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
    }),
    clock: await localClock(endpoint, clock),
    stack: { name: stackName, stage: "local", region, local: true },
    outputs,
    caller: async () => `arn:aws:iam::${accountId}:user/${accessKeyId}`,
  };
};

const awsTarget = async (options: GlobalOptions, host: Host): Promise<Target> => {
  const { clients, region } = await awsClients(options, host);
  const name = options.stackName ?? `cognito-mfa-lifecycle-${options.stage}`;
  return {
    clients,
    clock: host.clock,
    stack: { name, stage: options.stage, region, local: false },
    outputs: await readOutputs(new CloudFormationClient(clients("CloudFormation")), name, region),
    async caller() {
      const { Arn } = await new STSClient(clients("STS")).send(new GetCallerIdentityCommand({}));
      if (Arn === undefined) throw new Failure("aws-failed", "AWS did not return your identity (GetCallerIdentity).");
      return Arn;
    },
  };
};

/**
 * Reads credentials and settings in the AWS CLI's order. The SDK's own order differs: a profile named in the environment wins
 * over keys in the environment, and only that profile's endpoints count.
 */
const awsClients = async (options: GlobalOptions, { environment, clock, ask }: Host) => {
  const profile = await loadProfile(options.profile, environment);
  const region = regionOf(options.region, environment, profile);
  const agent = new EnvironmentAgent(environment, await caBundleOf(environment, profile));
  const requestHandler = { ...timeouts, httpAgent: agent, httpsAgent: agent };
  const common = {
    profile: profile.name,
    region,
    ...retriesOf(environment, profile),
    requestHandler,
    ignoreConfiguredEndpointUrls: true,
  };
  const anonymous = (serviceId: string) => {
    const endpoint = endpointOf(serviceId, environment, profile);
    return { ...common, ...(endpoint !== undefined && { endpoint }) };
  };
  const endpointOfAll = endpointOfAllServices(environment, profile);
  const credentials = credentialsFrom(credentialSource(profile, environment), profile, {
    clock,
    ask,
    roleAssumer: getDefaultRoleAssumer(anonymous("STS")),
    roleAssumerWithWebIdentity: getDefaultRoleAssumerWithWebIdentity(anonymous("STS")),
    clientConfig: {
      requestHandler,
      ignoreConfiguredEndpointUrls: true,
      ...(endpointOfAll && { endpoint: endpointOfAll }),
    },
  });
  return { region, clients: (serviceId: string) => ({ ...anonymous(serviceId), credentials }) };
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
      `The stack ${StackName} does not exist in ${region}.`,
      "Name the stack with --stage or --stack-name, and its Region and account with --region and --profile. For the stack of npm start, use --local.",
    );
  }
  return Object.fromEntries((stack.Outputs ?? []).map(({ OutputKey = "", OutputValue }) => [OutputKey, OutputValue]));
};
