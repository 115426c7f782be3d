import { inProcessHandler, inProcessSend } from "@cognito-mfa-lifecycle/local-aws/in-process-handler.ts";
import { currentInvocation } from "@cognito-mfa-lifecycle/local-aws/lambda/invocation.ts";
import type { LambdaHandler } from "@cognito-mfa-lifecycle/local-aws/lambda/lambda-runtime.ts";
import { startLocalAws } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import { memoryDynamoDb } from "@cognito-mfa-lifecycle/local-aws/memory-dynamodb/memory-dynamodb.ts";
import { randomId } from "@cognito-mfa-lifecycle/local-aws/random-id.ts";
import type { Answered, Call, WireRequest } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { deployStack } from "../../local/stack.ts";
import type { Telemetry } from "../../shared/telemetry/telemetry.ts";
import { inEnvironments } from "../environments.ts";
import { createSimulatedPool } from "../pool.ts";
import { promptRetries } from "../prompt-retries.ts";
import { Random } from "../random.ts";

/**
 * How long a call takes in the same Region, in milliseconds: minimum and maximum, by service. Assumed, not measured.
 */
const latencies: Record<string, [number, number]> = {
  AWSCognitoIdentityProviderService: [30, 90],
  DynamoDB_20120810: [3, 15],
  AmazonSQS: [8, 25],
};

/**
 * Creates the service with calls that take time on the virtual clock, and without other faults. Its timers fire up to
 * `latest` milliseconds late.
 */
export const createBurstStack = async (rate: number, latest: number) => {
  const random = new Random(`burst ${rate}`);
  const table = memoryDynamoDb();
  let observe: (call: Call, answer: Answered) => void = () => undefined;
  const aws = await startLocalAws({
    start: new Date("2026-03-01T00:00:00.000Z"),
    random: random.next,
    scheduler: { lateness: () => random.integer(0, latest) },
    dynamoDb: table,
    observe: (call, answer) => observe(call, answer),
  });
  const { clock } = aws;
  clock.waitsForRepeats = false;
  let overdue = 0;
  const telemetry: Telemetry = {
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    metrics: {
      add(metric, value) {
        if (metric === "WindowsOverdue") overdue = value;
      },
    },
    flush: async () => undefined,
  };
  const takingTime = async (request: WireRequest) => {
    const [service = ""] = (request.headers["x-amz-target"] ?? "").split(".");
    const [least, most] = latencies[service] ?? [10, 50];
    if (currentInvocation.getStore() !== undefined) await clock.sleep(random.integer(least, most));
    return aws.lambda.call(() => aws.endpoint.answer(request));
  };
  const pause = async (retries: number) => {
    if (currentInvocation.getStore() !== undefined) await clock.sleep(random.next() * 100 * 2 ** retries);
  };
  const stack = await deployStack(
    aws,
    () => randomId(random.next),
    { GRACE_PERIOD: "1d", MAX_WINDOW: "3d", RE_ENABLE_RATE: String(rate) },
    {
      createPool: createSimulatedPool,
      surroundings: (caller, usual) => ({
        ...usual,
        telemetry,
        light: { send: inProcessSend(takingTime), pause: () => pause(1) },
        aws: {
          ...aws.clientOptions(caller),
          signerConstructor: aws.signerConstructor,
          requestHandler: inProcessHandler(takingTime),
          retryStrategy: promptRetries(3, pause),
        },
      }),
      handler: (_name, wire, surroundings): LambdaHandler => inEnvironments(() => wire(surroundings)),
    },
  );
  return {
    ...stack,
    clock,
    table,
    overdue: () => overdue,
    observe(observer: typeof observe) {
      observe = observer;
    },
  };
};
