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
  /** The clock's first time. */
  start: Date;
  /** Default: a free port. */
  port?: number;
  region?: string;
  accountId?: string;
  /** Returns numbers in [0, 1). The same numbers repeat the same run, if all calls come from this process. */
  random?: () => number;
  /** How Cognito behaves where AWS's documentation is open. */
  cognito?: Pick<CognitoOptions, "behaviour" | "quotas">;
  /** How Scheduler behaves where AWS's documentation is open. */
  scheduler?: Pick<SchedulerOptions, "pastAt" | "lateness" | "maximumSchedules">;
  /** The DynamoDB service. Default: dynalite. */
  dynamoDb?: Service;
  /** Gets every call and its result. */
  observe?: (call: Call, answer: Answered) => void;
}

export type LocalAws = Awaited<ReturnType<typeof startLocalAws>>;

/** Starts the local AWS on 127.0.0.1, and returns its services. Rejects with EADDRINUSE when the port is in use. */
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
      // S3's ListBuckets is GET / too.
      const page = request.method === "GET" && !isFromAwsClient(request) ? pages.get(request.path) : undefined;
      return (await page?.()) ?? (await answerLocally(request)) ?? (await endpoint.answer(request));
    } finally {
      // HTTP clients, such as the AWS CLI, expect the effects of a call without moving the clock.
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
    /** The pages for a browser, by path. */
    pages,
    /** Returns options for an SDK client over HTTP. Fault plans see `caller`. */
    clientOptions: (caller: string) => ({
      endpoint: url,
      region: account.region,
      credentials: { accessKeyId: caller, secretAccessKey: "local" },
    }),
    /** Publishes the name and outputs of a stack at `/_local/stack`. */
    publishStack(stackName: string, outputs: Record<string, string>): void {
      deployed = { stackName, outputs, ...account };
    },
    /** For SDK clients in this process: no sockets, and a handler's calls end with its invocation. */
    requestHandler: inProcessHandler(answerInProcess),
    signerConstructor: NamingSigner,
    /** The same for the triggers' own small client. */
    send: inProcessSend(answerInProcess),
    async stop(): Promise<void> {
      served.server.closeAllConnections();
      await new Promise((resolve) => served.server.close(resolve));
    },
  };
};
