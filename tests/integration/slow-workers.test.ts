import { afterEach, describe, expect, it } from "@jest/globals";
import { inProcessHandler } from "@cognito-mfa-lifecycle/local-aws/in-process-handler.ts";
import { currentInvocation } from "@cognito-mfa-lifecycle/local-aws/lambda/invocation.ts";
import type { LambdaHandler } from "@cognito-mfa-lifecycle/local-aws/lambda/lambda-runtime.ts";
import type { LocalAws } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import type { WireRequest } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import type { StackOptions } from "../../local/stack.ts";
import { hour, minute } from "../../shared/config/duration.ts";
import { aRecord } from "../support/messages.ts";
import { start, startStack, type TestStack, type TestUser } from "../support/stack.ts";

interface Run {
  name: string;
  from: number;
  /** Undefined for a run that Lambda ended. */
  until?: number;
}

let stack: TestStack;
let runs: Run[];
afterEach(() => stack.stop());

/** Makes every call of a function to these services take this many milliseconds. */
const slowed =
  (latencies: Record<string, number>) =>
  (aws: LocalAws): StackOptions => {
    const answer = async (request: WireRequest) => {
      const [service = ""] = (request.headers["x-amz-target"] ?? "").split(/[._]/);
      if (currentInvocation.getStore() !== undefined) await aws.clock.sleep(latencies[service] ?? 0);
      return aws.lambda.call(() => aws.endpoint.answer(request));
    };
    return {
      surroundings: (_caller, usual) => ({ ...usual, aws: { ...usual.aws, requestHandler: inProcessHandler(answer) } }),
      handler: (name, wire, surroundings) => {
        const wired = wire(surroundings) as (...given: Parameters<LambdaHandler>) => Promise<unknown>;
        return async (event, context) => {
          const run: Run = { name, from: aws.clock.now().getTime() };
          runs.push(run);
          const answer = await wired(event, context);
          run.until = aws.clock.now().getTime();
          return answer;
        };
      },
    };
  };

const sendSignIn = (user: TestUser) => {
  const body = JSON.stringify(aRecord("signed-in", user, start));
  stack.aws.sqs.findByName("records").send({ body, messageAttributes: {}, senderId: "test" });
};

/**
 * Sends ten sign-ins in one batch, of users who have Email MFA and were never seen before, which takes the most calls.
 * Returns how often each one was handled within seven hours.
 */
const tenSignIns = async (latencies: Record<string, number>): Promise<number[]> => {
  runs = [];
  stack = await startStack({}, {}, slowed(latencies));
  const users = [];
  for (let count = 0; count < 10; count += 1) users.push(await stack.user());
  for (const user of users) sendSignIn(user);
  await stack.aws.clock.advanceBy(7 * hour);
  const handled = stack.telemetry.lines.filter(({ event }) => event === "fact-handled");
  return users.map(({ sub }) => handled.filter(({ fields }) => fields["sub"] === sub).length);
};

const workerRuns = () => runs.filter(({ name }) => name === "record-reset");
const dead = () => stack.aws.sqs.findByName("records-dlq").count().visible;

describe("record-reset", () => {
  it("does a batch of ten in one go, and each record once, with Cognito just within its time-out", async () => {
    expect(await tenSignIns({ AWSCognitoIdentityProviderService: 2900, DynamoDB: 60 })).toEqual(Array(10).fill(1));
    expect(workerRuns()).toEqual([{ name: "record-reset", from: start.getTime(), until: start.getTime() + 31_400 }]);
    expect(dead()).toBe(0);
  });

  it("handles part of a batch and returns the rest, each record once, with every service just within its time-out", async () => {
    expect(await tenSignIns({ AWSCognitoIdentityProviderService: 2900, DynamoDB: 2900 })).toEqual(Array(10).fill(1));
    expect(workerRuns()).toHaveLength(4);
    for (const { from, until = Infinity } of workerRuns()) expect(until - from).toBeLessThan(minute);
    expect(dead()).toBe(0);
  });

  it("returns a fact whose row changes at every try, before Lambda ends the invocation", async () => {
    runs = [];
    stack = await startStack({}, {}, slowed({ DynamoDB: 2900 }));
    const user = await stack.user({ emailMfa: false });
    sendSignIn(user);
    const until = start.getTime() + 5 * minute;
    stack.aws.endpoint.faults = ({ operation }) =>
      operation === "UpdateItem" && stack.aws.clock.now().getTime() < until
        ? { kind: "refuse", code: "ConditionalCheckFailedException", message: "The conditional request failed" }
        : undefined;
    await stack.aws.clock.advanceBy(hour);
    expect(workerRuns()).toHaveLength(2);
    for (const { from, until: end = Infinity } of workerRuns()) expect(end - from).toBeLessThan(minute);
    expect((await stack.find(user)).open?.counts["signed-in"]).toBe(1);
    expect(dead()).toBe(0);
  });
});
