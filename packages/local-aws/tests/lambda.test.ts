import {
  AddPermissionCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { LambdaHandler } from "../src/lambda/lambda-runtime.ts";
import { type LocalAws, startLocalAws } from "../src/local-aws.ts";

let aws: LocalAws;

beforeEach(async () => {
  aws = await startLocalAws({ start: new Date("2026-01-01T00:00:00Z") });
});
afterEach(() => aws.stop());

const register = (handler: LambdaHandler) => aws.lambda.register("fn", handler, { timeoutMs: 3000 });
const invoke = async (name: string, body: string, invocationType = "RequestResponse") => {
  const response = await fetch(`${aws.url}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, {
    method: "POST",
    headers: { "x-amz-invocation-type": invocationType },
    body,
  });
  return {
    status: response.status,
    functionError: response.headers.get("x-amz-function-error"),
    errorType: response.headers.get("x-amzn-errortype"),
    body: await response.text(),
  };
};

describe("Invoke", () => {
  it("returns the handler's result, by name and by ARN", async () => {
    register(async (event, context) => ({
      event,
      name: context.functionName,
      left: context.getRemainingTimeInMillis(),
    }));
    const body = JSON.stringify({ event: { a: 1 }, name: "fn", left: 3000 });
    const expected = { status: 200, functionError: null, errorType: null, body };
    expect(await invoke("fn", '{"a":1}')).toEqual(expected);
    expect(await invoke("arn:aws:lambda:us-east-1:000000000000:function:fn", '{"a":1}')).toEqual(expected);
  });

  it("reports an error of the handler as the function's error", async () => {
    register(async () => {
      throw new TypeError("no such thing");
    });
    expect(await invoke("fn", "{}")).toMatchObject({
      status: 200,
      functionError: "Unhandled",
      body: JSON.stringify({ errorType: "TypeError", errorMessage: "no such thing" }),
    });
  });

  it("refuses an unknown function, a payload that is not JSON, and an unknown invocation type", async () => {
    register(async () => undefined);
    expect(await invoke("nobody", "{}")).toMatchObject({ status: 404, errorType: "ResourceNotFoundException" });
    expect(await invoke("fn", "{")).toMatchObject({ status: 400, errorType: "InvalidRequestContentException" });
    expect(await invoke("fn", "{}", "Sometime")).toMatchObject({ errorType: "InvalidParameterValueException" });
  });

  it("only checks on a dry run", async () => {
    let ran = false;
    register(async () => (ran = true));
    expect(await invoke("fn", "{}", "DryRun")).toMatchObject({ status: 204 });
    expect(ran).toBe(false);
  });

  it("tries an asynchronous event again after one and two minutes, then drops it", async () => {
    const tries: string[] = [];
    register(async () => {
      tries.push(aws.clock.now().toISOString().slice(11, 19));
      throw new Error("still broken");
    });
    expect(await invoke("fn", "{}", "Event")).toMatchObject({ status: 202, body: "" });
    await aws.clock.advanceBy(600_000);
    expect(tries).toEqual(["00:00:00", "00:01:00", "00:03:00"]);
    expect(aws.asynchronousInvocation.dropped).toMatchObject([{ error: { errorMessage: "still broken" } }]);
  });
});

describe("an invocation", () => {
  it("shares no object with its caller", async () => {
    const event = { list: [1] };
    register(async (received: { list: number[] }) => {
      received.list.push(2);
      return received;
    });
    expect(await aws.lambda.invoke("fn", event)).toEqual({ payload: { list: [1, 2] } });
    expect(event).toEqual({ list: [1] });
  });

  it("ends when the clock passes its timeout, and drops a later answer of the handler", async () => {
    register(async () => {
      await aws.clock.sleep(10_000);
      return "late";
    });
    const outcome = aws.lambda.invoke("fn", {});
    let hasEnded = false;
    void outcome.then(() => (hasEnded = true));
    await aws.clock.advanceBy(2999);
    expect(hasEnded).toBe(false);
    await aws.clock.advanceBy(1);
    expect(await outcome).toMatchObject({ error: { errorType: "Sandbox.Timedout" } });
    await aws.clock.advanceBy(20_000);
  });

  it.each([
    ["before", 1],
    ["after", 2],
  ] as const)("that crashes %s its second call has made %i", async (when, made) => {
    const queue = aws.sqs.createQueue("a");
    const client = new SQSClient({ ...aws.clientOptions("fn"), requestHandler: aws.requestHandler });
    let finished = false;
    register(async () => {
      for (const body of ["1", "2", "3"])
        await client.send(new SendMessageCommand({ QueueUrl: aws.sqs.url(queue), MessageBody: body }));
      finished = true;
    });
    aws.lambda.crashes = (invocation) => (invocation.calls === 2 ? when : undefined);
    expect(await aws.lambda.invoke("fn", {})).toMatchObject({ error: { errorType: "Runtime.ExitError" } });
    await aws.clock.advanceBy(60_000);
    expect([queue.count().visible, finished]).toEqual([made, false]);
  });

  it("makes no more calls once it has timed out", async () => {
    const client = new SQSClient({ ...aws.clientOptions("fn"), requestHandler: aws.requestHandler });
    register(async () => {
      await aws.clock.sleep(5000);
      await client.send(new CreateQueueCommand({ QueueName: "a" }));
    });
    const outcome = aws.lambda.invoke("fn", {});
    await aws.clock.advanceBy(60_000);
    expect(await outcome).toMatchObject({ error: { errorType: "Sandbox.Timedout" } });
    expect(aws.sqs.list()).toEqual([]);
  });
});

describe("a function's configuration and policy", () => {
  it("say who may invoke it, and are missing for a function that is not registered", async () => {
    const client = new LambdaClient(aws.clientOptions("test"));
    aws.lambda.register("fn", async () => undefined, { timeoutMs: 3000, environment: { A: "1" } });
    const policy = (FunctionName: string) => client.send(new GetPolicyCommand({ FunctionName }));
    await expect(policy("fn")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await client.send(
      new AddPermissionCommand({
        FunctionName: "fn",
        StatementId: "pool",
        Action: "lambda:InvokeFunction",
        Principal: "cognito-idp.amazonaws.com",
        SourceArn: "arn:aws:cognito-idp:us-east-1:000000000000:userpool/p",
      }),
    );
    expect(JSON.parse((await policy(aws.lambda.arn("fn"))).Policy ?? "")).toMatchObject({
      Statement: [
        {
          Principal: { Service: "cognito-idp.amazonaws.com" },
          Resource: "arn:aws:lambda:us-east-1:000000000000:function:fn",
          Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:cognito-idp:us-east-1:000000000000:userpool/p" } },
        },
      ],
    });
    const configuration = await client.send(new GetFunctionConfigurationCommand({ FunctionName: "fn" }));
    expect(configuration).toMatchObject({ Timeout: 3, State: "Active", Environment: { Variables: { A: "1" } } });
    const nobody = new GetFunctionConfigurationCommand({ FunctionName: "nobody" });
    await expect(client.send(nobody)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});
