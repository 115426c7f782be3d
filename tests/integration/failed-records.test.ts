import { AdminDeleteUserCommand } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { names } from "../../local/service-names.ts";
import { hour, minute } from "../../shared/config/duration.ts";
import { dynamoFailedRecords, type FailedRecords } from "../../shared/ledgers/failed-records.ts";
import { aRecord, aTrigger } from "../support/messages.ts";
import { startStack, type TestStack, type TestUser } from "../support/stack.ts";

let stack: TestStack;
let ledger: FailedRecords;
beforeEach(async () => {
  stack = await startStack({ GRACE_PERIOD: "1d" });
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(stack.aws.clientOptions("test")));
  ledger = dynamoFailedRecords(documents, names.windowsTable, stack.userPoolId);
});
afterEach(() => stack.stop());

const heal = () => {
  stack.aws.endpoint.faults = () => undefined;
};
const breakDown = (...broken: [caller: string, service: string][]) => {
  stack.aws.endpoint.faults = ({ caller, service }) =>
    broken.some(([of, on]) => of === caller && on === service) ? { kind: "server-error" } : undefined;
};
const notHandled = () =>
  stack.telemetry.values.filter(({ metric }) => metric === "RecordsNotHandled").map(({ value }) => value);
const remembered = () => ledger.list(1_000);
const letters = (name: string) => stack.aws.sqs.findByName(name).receive(10);
const send = (body: unknown, attributes: Record<string, string> = {}) =>
  new SQSClient(stack.aws.clientOptions("somebody")).send(
    new SendMessageCommand({
      QueueUrl: stack.outputs.RecordsQueueUrl,
      MessageBody: JSON.stringify(body),
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
      ),
    }),
  );

/** A reset that the queue refused. */
const failToRecord = async (user: TestUser, name = "post-confirmation") => {
  breakDown([name, "SQS"]);
  const source = {
    "custom-message": "CustomMessage_ForgotPassword",
    "post-confirmation": "PostConfirmation_ConfirmForgotPassword",
    "post-authentication": "PostAuthentication_Authentication",
  }[name];
  await stack.aws.lambda.invoke(name, aTrigger(source ?? "", user));
  heal();
};

describe("a record that the queue does not take", () => {
  it.each([
    ["custom-message", "reset-requested"],
    ["post-confirmation", "reset-confirmed"],
    ["post-authentication", "signed-in"],
  ])("is remembered by %s, counted, sent again, and forgotten when it is handled", async (name, kind) => {
    const user = await stack.user({ emailMfa: false });
    await failToRecord(user, name);
    const { sub, username } = user;
    expect(await remembered()).toMatchObject([{ kind, sub, username, failedAt: stack.aws.clock.now() }]);
    expect(stack.telemetry.values).toMatchObject([{ metric: "RecordFailed", value: 1 }]);
    await stack.aws.clock.advanceBy(5 * minute);
    expect(notHandled()).toEqual([1]);
    const { open, seen } = await stack.find(user);
    expect(open?.facts ?? [seen]).toHaveLength(1);
    expect(await remembered()).toEqual([]);
    await stack.aws.clock.advanceBy(5 * minute);
    expect(notHandled()).toEqual([1, 0]);
  });

  it("stays counted for as long as it cannot be handled, without a queue that grows or a dead letter", async () => {
    const user = await stack.user({ emailMfa: false });
    await failToRecord(user);
    breakDown(["record-reset", "cognito-idp"]);
    await stack.aws.clock.advanceBy(3 * hour);
    expect(notHandled()).toEqual(Array.from({ length: 36 }, () => 1));
    const { Attributes = {} } = await new SQSClient(stack.aws.clientOptions("test")).send(
      new GetQueueAttributesCommand({
        QueueUrl: stack.outputs.RecordsQueueUrl,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    expect(Object.values(Attributes)).toEqual(["0", "0"]);
    expect(letters("records-dlq")).toEqual([]);
    heal();
    await stack.aws.clock.advanceBy(10 * minute);
    expect(notHandled().at(-1)).toBe(0);
    expect((await stack.find(user)).open).toMatchObject({ origin: "reset-confirmed" });
  });

  it("is forgotten when its user is gone", async () => {
    const user = await stack.user({ emailMfa: false });
    await failToRecord(user);
    await stack.cognito.send(new AdminDeleteUserCommand({ UserPoolId: stack.userPoolId, Username: user.username }));
    await stack.aws.clock.advanceBy(hour);
    expect(await remembered()).toEqual([]);
  });

  it("is logged and counted as before when the table does not take it either", async () => {
    const user = await stack.user({ emailMfa: false });
    breakDown(["post-confirmation", "SQS"], ["post-confirmation", "DynamoDB"]);
    const event = aTrigger("PostConfirmation_ConfirmForgotPassword", user);
    expect(await stack.aws.lambda.invoke("post-confirmation", event)).toEqual({ payload: event });
    heal();
    expect(await remembered()).toEqual([]);
    expect(stack.telemetry.lines.map(({ event }) => event)).toEqual(["record-not-remembered", "record-failed"]);
    expect(stack.telemetry.values).toMatchObject([{ metric: "RecordFailed", value: 1 }]);
    expect(stack.callsOf("post-confirmation").filter((call) => call.startsWith("DynamoDB"))).toHaveLength(1);
  });

  it("is not forgotten for a message with its id that says something else", async () => {
    const user = await stack.user({ emailMfa: false });
    await failToRecord(user);
    const [record] = await remembered();
    breakDown(["reconcile", "SQS"]);
    const forged = { ...aRecord("reset-confirmed", user, record?.at ?? new Date(0), record?.id), username: "nobody" };
    await send(forged, { remembered: "yes" });
    await stack.aws.clock.advanceBy(hour);
    expect(await remembered()).toHaveLength(1);
  });
});

describe("a message that record-reset cannot handle", () => {
  it("is remembered from the tenth failure on, and goes on being tried", async () => {
    const user = await stack.user({ emailMfa: false });
    breakDown(["record-reset", "cognito-idp"]);
    await send(aRecord("reset-confirmed", user, stack.aws.clock.now(), "one"));
    await stack.aws.clock.advanceBy(53 * minute);
    expect(await remembered()).toEqual([]);
    await stack.aws.clock.advanceBy(3 * minute);
    expect(await remembered()).toMatchObject([{ id: "one", kind: "reset-confirmed", sub: user.sub }]);
    await stack.aws.clock.advanceBy(10 * hour);
    expect(letters("records-dlq")).toHaveLength(1);
    // As SQS does when the letter is fourteen days old.
    stack.aws.sqs.findByName("records-dlq").purge();
    await stack.aws.clock.advanceBy(5 * minute);
    expect(notHandled().at(-1)).toBe(1);
    heal();
    await stack.aws.clock.advanceBy(10 * minute);
    expect(notHandled().at(-1)).toBe(0);
    expect((await stack.find(user)).open?.facts).toMatchObject([{ id: "one" }]);
  }, 60_000);

  it("is remembered at once when it is malformed but names a user: the user is checked", async () => {
    const user = await stack.user();
    const { userPoolId, sub, username } = user;
    await send({ version: 2, what: "passkey-added", userPoolId, sub, username });
    await stack.aws.clock.settle();
    expect(await remembered()).toMatchObject([{ version: 1, kind: "signed-in", at: stack.aws.clock.now(), sub }]);
    expect(letters("records-dlq")).toHaveLength(1);
    await stack.aws.clock.advanceBy(5 * minute);
    expect((await stack.find(user)).seen).toMatchObject({ known: true });
    expect(await remembered()).toEqual([]);
  });

  it("keeps kind and time of a malformed one, and remains one record after repeats", async () => {
    const user = await stack.user({ emailMfa: false });
    const record = { ...aRecord("reset-confirmed", user, stack.aws.clock.now()), more: 1 };
    await send(record);
    await send(record);
    await stack.aws.clock.settle();
    expect(await remembered()).toMatchObject([{ kind: "reset-confirmed", at: stack.aws.clock.now() }]);
  });

  it.each([
    ["of another pool", { userPoolId: "us-east-1_Another00", sub: "sub", username: "name" }],
    ["without a sub", { sub: undefined }],
    ["with a sub that none can have", { sub: "a b" }],
    ["without a username", { username: undefined }],
  ])("is not remembered when it is %s", async (_, change) => {
    const user = await stack.user();
    await send({ ...aRecord("signed-in", user, stack.aws.clock.now()), version: 2, ...change });
    await send("rubbish");
    await stack.aws.clock.settle();
    expect(letters("records-dlq")).toHaveLength(2);
    expect(await remembered()).toEqual([]);
  });
});

describe("the reconciler", () => {
  const rememberMany = async (count: number) => {
    const user = await stack.user({ emailMfa: false });
    const now = stack.aws.clock.now();
    for (let index = 0; index < count; index += 1) {
      const id = `id-${String(index).padStart(4, "0")}`;
      await ledger.remember({ ...aRecord("signed-in", user, now, id), version: 1, kind: "signed-in", at: now }, now);
    }
  };

  it("sends a hundred in a run, and others in the next", async () => {
    await rememberMany(150);
    breakDown(["record-reset", "cognito-idp"]);
    await stack.aws.clock.advanceBy(10 * minute);
    const sent = stack.calls
      .filter(({ caller, operation }) => caller === "reconcile" && operation === "SendMessageBatch")
      .map(({ input }) => JSON.stringify(input).match(/id-\d{4}/g) ?? []);
    expect([sent.slice(0, 10).flat().length, sent.flat().length]).toEqual([100, 200]);
    expect(new Set(sent.flat()).size).toBe(150);
    expect(notHandled()).toEqual([150, 150]);
  });

  it("sends none to a queue that holds a thousand already, and counts all the same", async () => {
    await rememberMany(1);
    const queue = stack.aws.sqs.findByName("records");
    stack.aws.lambda.register("record-reset", async () => Promise.reject(new Error("down")), { timeoutMs: 30_000 });
    for (let count = 0; count < 1_060; count += 1) queue.send({ body: "{}", messageAttributes: {}, senderId: "test" });
    await stack.aws.lambda.invoke("reconcile", {});
    expect(stack.telemetry.lines.findLast(({ event }) => event === "reconciled")?.fields).toMatchObject({
      recordsNotHandled: 1,
      recordsSentAgain: 0,
    });
  });

  it("counts before it sends, and has no heartbeat when the queue refuses", async () => {
    await rememberMany(1);
    stack.aws.endpoint.faults = ({ caller, input }) =>
      caller === "reconcile" && String(input["QueueUrl"]).endsWith("/records") ? { kind: "server-error" } : undefined;
    await stack.aws.clock.advanceBy(5 * minute);
    expect(notHandled()).toEqual([1]);
    expect(stack.telemetry.values.map(({ metric }) => metric)).not.toContain("ReconcilerHeartbeat");
  });
});
