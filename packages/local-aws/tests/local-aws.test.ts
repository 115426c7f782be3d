import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { SQSEvent } from "aws-lambda";
import { EventSourceMapping } from "../src/lambda/event-source-mapping.ts";
import { type LocalAws, startLocalAws } from "../src/local-aws.ts";

let aws: LocalAws;

beforeEach(async () => {
  aws = await startLocalAws({ start: new Date("2026-01-01T00:00:00Z") });
});
afterEach(() => aws.stop());

const ask = async (path: string, body?: unknown) => {
  const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(aws.url + path, request);
  return { status: response.status, body: await response.json() };
};

describe("the local routes", () => {
  it("show and move the clock", async () => {
    expect(await ask("/_local/clock")).toEqual({ status: 200, body: { now: "2026-01-01T00:00:00.000Z" } });
    expect(await ask("/_local/clock", { advanceBy: "90000" })).toEqual({
      status: 200,
      body: { now: "2026-01-01T00:01:30.000Z" },
    });
    expect((await ask("/_local/clock", { advanceTo: "2026-01-02T00:00:00Z" })).body).toEqual({
      now: "2026-01-02T00:00:00.000Z",
    });
  });

  it.each([{ advanceBy: "-1" }, { advanceBy: "soon" }, { advanceTo: "tomorrow" }, {}, []])(
    "refuse to move the clock by %j",
    async (move) => {
      expect(await ask("/_local/clock", move)).toMatchObject({ status: 400 });
    },
  );

  it("show the mails", async () => {
    const mail = { sentAt: aws.clock.now(), from: "a@example.com", to: "b@example.com", subject: "s", body: "b" };
    aws.mailbox.deliver(mail);
    expect((await ask("/_local/mails")).body).toEqual({ mails: [{ ...mail, sentAt: "2026-01-01T00:00:00.000Z" }] });
  });

  it("are few, and no service answers elsewhere", async () => {
    expect(await ask("/_local/other")).toMatchObject({ status: 404 });
    expect(await ask("/elsewhere")).toMatchObject({ status: 404 });
  });
});

describe("the endpoint", () => {
  it("runs the effects of a call over HTTP at once", async () => {
    const queue = aws.sqs.createQueue("work");
    const delivered = new Promise<string | undefined>((resolve) => {
      const handler = async (event: SQSEvent) => resolve(event.Records[0]?.body);
      aws.lambda.register("worker", handler, { timeoutMs: 3000 });
    });
    new EventSourceMapping({ clock: aws.clock, lambda: aws.lambda, queue, functionName: "worker" });
    const client = new SQSClient(aws.clientOptions("test"));
    await client.send(new SendMessageCommand({ QueueUrl: aws.sqs.url(queue), MessageBody: "x" }));
    expect(await delivered).toBe("x");
    client.destroy();
  });

  it("lets user pools call the functions, which call other services, and delivers their mail", async () => {
    const queue = aws.sqs.createQueue("records");
    const options = { ...aws.clientOptions("test"), requestHandler: aws.requestHandler };
    const sqs = new SQSClient(options);
    const trigger = async (event: { triggerSource: string }) => {
      await sqs.send(new SendMessageCommand({ QueueUrl: aws.sqs.url(queue), MessageBody: event.triggerSource }));
      return event;
    };
    aws.lambda.register("custom-message", trigger, { timeoutMs: 3000 });
    const client = new CognitoIdentityProviderClient(options);
    const { UserPool } = await client.send(
      new CreateUserPoolCommand({
        PoolName: "staff",
        LambdaConfig: { CustomMessage: aws.lambda.arn("custom-message") },
      }),
    );
    await client.send(
      new AdminCreateUserCommand({
        UserPoolId: UserPool?.Id,
        Username: "hana",
        UserAttributes: [{ Name: "email", Value: "hana@example.com" }],
        DesiredDeliveryMediums: ["EMAIL"],
      }),
    );
    expect(queue.receive(10).map((message) => message.body)).toEqual(["CustomMessage_AdminCreateUser"]);
    expect(aws.mailbox.latest("hana@example.com").body).toContain("hana");
  });

  it("does not start on a port in use", async () => {
    const port = Number(new URL(aws.url).port);
    await expect(startLocalAws({ start: aws.clock.now(), port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("passes the caller to fault plans, and lets clients in this process retry after a broken connection", async () => {
    const callers: string[] = [];
    aws.endpoint.faults = (call) => {
      callers.push(call.caller);
      return callers.length === 1 ? { kind: "hang-up", effect: "before" } : undefined;
    };
    const client = new SQSClient({ ...aws.clientOptions("mfactl"), requestHandler: aws.requestHandler });
    await client.send(new CreateQueueCommand({ QueueName: "a" }));
    expect(callers).toEqual(["mfactl", "mfactl"]);
  });

  it("makes the same run from the same random numbers", async () => {
    const play = async (): Promise<string[]> => {
      let seed = 7;
      const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
      const one = await startLocalAws({ start: new Date("2026-01-01T00:00:00Z"), random });
      const queue = one.sqs.createQueue("work");
      one.sqs.deliveries = () => [Math.floor(random() * 1000)];
      const ids: string[] = [];
      const handler = async (event: SQSEvent) => {
        await one.clock.sleep(Math.floor(random() * 100));
        ids.push(...event.Records.map((record) => record.messageId));
      };
      one.lambda.register("worker", handler, { timeoutMs: 3000 });
      new EventSourceMapping({ clock: one.clock, lambda: one.lambda, queue, functionName: "worker" });
      for (let index = 0; index < 50; index += 1) queue.send({ body: "x", messageAttributes: {}, senderId: "test" });
      await one.clock.advanceBy(5000);
      await one.stop();
      return ids;
    };
    const first = await play();
    expect(first).toHaveLength(50);
    expect(await play()).toEqual(first);
  });
});
