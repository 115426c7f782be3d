import { CloudFormation, cloudFormationService } from "./cloudformation.ts";
import { CloudWatch } from "./cloudwatch/cloudwatch.ts";
import { type CognitoOptions, createCognito } from "./cognito/cognito.ts";
import { dynamoDbService } from "./dynamodb.ts";
import { inProcessHandler, inProcessSend } from "./in-process-handler.ts";
import { AsynchronousInvocation } from "./lambda/asynchronous-invocation.ts";
import { LambdaRuntime } from "./lambda/lambda-runtime.ts";
import { lambdaService } from "./lambda/lambda-service.ts";
import { type DeployedStack, localRoutes } from "./local-routes.ts";
import { Mailbox } from "./mailbox.ts";
import { NamingSigner } from "./naming-signer.ts";
import { schedulerService } from "./scheduler/scheduler-service.ts";
import { Scheduler, type SchedulerOptions } from "./scheduler/scheduler.ts";
import { targetCallsThrough } from "./scheduler/target-calls.ts";
import { Endpoint, serve } from "./server.ts";
import type { Answered, Call, Service, WireRequest, WireResponse } from "./service.ts";
import { Sns, snsService } from "./sns.ts";
import { sqsService } from "./sqs/sqs-service.ts";
import { Sqs } from "./sqs/sqs.ts";
import { stsService } from "./sts.ts";
import { isFromAwsClient } from "./unsupported.ts";
import { VirtualClock } from "./virtual-clock.ts";

export interface LocalAwsOptions {
  /** What the clock shows at first. */
  start: Date;
  /** A free one unless given. */
  port?: number;
  region?: string;
  accountId?: string;
  /** Numbers in [0, 1). The same numbers make the same run, as long as calls are made in this process. */
  random?: () => number;
  /** How Cognito behaves where AWS leaves it open. */
  cognito?: Pick<CognitoOptions, "behaviour" | "quotas">;
  /** How Scheduler behaves where AWS leaves it open. */
  scheduler?: Pick<SchedulerOptions, "pastAt" | "lateness" | "maximumSchedules">;
  /** Plays DynamoDB; dynalite unless given. */
  dynamoDb?: Service;
  /** Sees every call and how it was answered. */
  observe?: (call: Call, answer: Answered) => void;
}

export type LocalAws = Awaited<ReturnType<typeof startLocalAws>>;

/** Starts the local AWS on 127.0.0.1. Rejects with EADDRINUSE when the port is taken. */
export const startLocalAws = async (options: LocalAwsOptions) => {
  const account = { region: options.region ?? "us-east-1", accountId: options.accountId ?? "000000000000" };
  const random = options.random ?? Math.random;
  const clock = new VirtualClock(options.start);
  const mailbox = new Mailbox();
  const lambda = new LambdaRuntime({ clock, random, ...account });
  const asynchronousInvocation = new AsynchronousInvocation(clock, lambda);
  let url = "";
  const sqs = new Sqs({ clock, random, ...account, baseUrl: () => url });
  const calls = targetCallsThrough(
    (request) => endpoint.answer(request),
    () => url,
  );
  const cognito = createCognito({ clock, mailbox, functions: lambda, random, ...account, ...options.cognito });
  const scheduler = new Scheduler({ clock, random, ...account, calls, ...options.scheduler });

  const sns = new Sns({ clock, mailbox, random, ...account });
  const cloudWatch = new CloudWatch({ clock, sns, ...account });
  const cloudFormation = new CloudFormation(account);

  const services: Service[] = [
    cognito,
    schedulerService(scheduler),
    sqsService(sqs, clock),
    lambdaService(lambda, asynchronousInvocation),
    options.dynamoDb ?? dynamoDbService(),
    stsService(account.accountId, clock),
    cloudFormationService(cloudFormation),
    snsService(sns, account.accountId),
    cloudWatch.service,
  ];
  const endpoint: Endpoint = new Endpoint(services, options.observe);
  let deployed: DeployedStack | undefined;
  const answerLocally = localRoutes(
    clock,
    mailbox,
    () => deployed,
    () => endpoint.operations(),
  );
  const pages = new Map<string, () => Promise<WireResponse>>();

  const served = await serve(async (request) => {
    try {
      // S3's list of buckets is at / too.
      const page = request.method === "GET" && !isFromAwsClient(request) ? pages.get(request.path) : undefined;
      return (await page?.()) ?? (await answerLocally(request)) ?? (await endpoint.answer(request));
    } finally {
      // Whoever comes over HTTP, such as the AWS CLI, expects what a call sets off to happen without moving the clock.
      void clock.settle();
    }
  }, options.port ?? 0);
  url = served.url;
  const answerInProcess = (request: WireRequest) => lambda.call(() => endpoint.answer(request));

  return {
    ...account,
    clock,
    mailbox,
    lambda,
    asynchronousInvocation,
    cognito,
    scheduler,
    sqs,
    sns,
    cloudWatch,
    cloudFormation,
    endpoint,
    url,
    /** What is served to a browser, by path. */
    pages,
    /** Options for an SDK client that comes over HTTP; `caller` is how fault plans know it. */
    clientOptions: (caller: string) => ({
      endpoint: url,
      region: account.region,
      credentials: { accessKeyId: caller, secretAccessKey: "local" },
    }),
    /** Makes known which stack stands here, and its outputs. */
    publishStack(stackName: string, outputs: Record<string, string>): void {
      deployed = { stackName, outputs, ...account };
    },
    /** For SDK clients in this process: no sockets, and calls of handlers end with their invocation. */
    requestHandler: inProcessHandler(answerInProcess),
    signerConstructor: NamingSigner,
    /** The same for the light client of the triggers. */
    send: inProcessSend(answerInProcess),
    async stop(): Promise<void> {
      served.server.closeAllConnections();
      await new Promise((resolve) => served.server.close(resolve));
    },
  };
};
