import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type LocalAws, startLocalAws } from "../src/local-aws.ts";

const start = new Date("2026-01-01T00:00:00Z");
let aws: LocalAws;
let sqs: SQSClient;

beforeEach(async () => {
  aws = await startLocalAws({ start });
  sqs = new SQSClient({ ...aws.clientOptions("test"), maxAttempts: 1 });
});
afterEach(async () => {
  sqs.destroy();
  await aws.stop();
});

const createQueue = async (name: string, attributes: Record<string, string> = {}): Promise<string> => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  return String(QueueUrl);
};
const send = (url: string, body: string) => sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
const receive = async (url: string, options: { VisibilityTimeout?: number } = {}): Promise<Message[]> => {
  const command = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ["All"],
    MessageAttributeNames: ["All"],
    ...options,
  });
  return (await sqs.send(command)).Messages ?? [];
};
const bodies = (messages: Message[]) => messages.map((message) => message.Body);
const count = async (url: string) => {
  const answer = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }));
  const all = answer.Attributes ?? {};
  return [
    all["ApproximateNumberOfMessages"],
    all["ApproximateNumberOfMessagesNotVisible"],
    all["ApproximateNumberOfMessagesDelayed"],
  ].map(Number);
};
const redriveTo = (name: string, maxReceiveCount: number) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `arn:aws:sqs:us-east-1:000000000000:${name}`, maxReceiveCount }),
});

describe("queues", () => {
  it("creates, finds, lists page by page and describes queues", async () => {
    const url = await createQueue("b", { VisibilityTimeout: "60" });
    await createQueue("a");
    expect(url).toBe(`${aws.url}/000000000000/b`);
    expect((await sqs.send(new GetQueueUrlCommand({ QueueName: "b" }))).QueueUrl).toBe(url);
    const first = await sqs.send(new ListQueuesCommand({ MaxResults: 1 }));
    const second = await sqs.send(new ListQueuesCommand({ MaxResults: 1, NextToken: first.NextToken }));
    expect([first.QueueUrls, second.QueueUrls]).toEqual([[`${aws.url}/000000000000/a`], [url]]);
    expect(second.NextToken).toBeUndefined();
    const described = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }));
    expect(described.Attributes).toMatchObject({
      QueueArn: "arn:aws:sqs:us-east-1:000000000000:b",
      VisibilityTimeout: "60",
      MessageRetentionPeriod: "345600",
      CreatedTimestamp: "1767225600",
    });
  });

  it("returns the existing queue for the same attributes and refuses others", async () => {
    const url = await createQueue("a", { VisibilityTimeout: "60" });
    expect(await createQueue("a", { VisibilityTimeout: "60" })).toBe(url);
    await expect(createQueue("a", { VisibilityTimeout: "61" })).rejects.toMatchObject({ name: "QueueNameExists" });
  });

  it.each([
    ["DelaySeconds", "901", "InvalidAttributeValue"],
    ["VisibilityTimeout", "43201", "InvalidAttributeValue"],
    ["MessageRetentionPeriod", "59", "InvalidAttributeValue"],
    ["MaximumMessageSize", "1048577", "InvalidAttributeValue"],
    ["Surprise", "1", "InvalidAttributeName"],
    ["FifoQueue", "true", "UnsupportedByLocalStack"],
    [
      "RedrivePolicy",
      '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:a","maxReceiveCount":0}',
      "InvalidParameterValue",
    ],
    ["RedrivePolicy", redriveTo("nowhere", 3).RedrivePolicy, "InvalidParameterValue"],
  ])("refuses the attribute %s = %s", async (name, value, error) => {
    await expect(createQueue("a", { [name]: value })).rejects.toMatchObject({ name: error });
  });

  it("names a queue that does not exist in both of the ways that real SQS does", async () => {
    await expect(send(`${aws.url}/000000000000/nowhere`, "x")).rejects.toMatchObject({ name: "QueueDoesNotExist" });
    const response = await fetch(aws.url, {
      method: "POST",
      headers: { "x-amz-target": "AmazonSQS.GetQueueUrl" },
      body: JSON.stringify({ QueueName: "nowhere" }),
    });
    expect(response.headers.get("x-amzn-query-error")).toBe("AWS.SimpleQueueService.NonExistentQueue;Sender");
    expect(await response.json()).toMatchObject({ __type: "com.amazonaws.sqs#QueueDoesNotExist" });
  });
});

describe("messages", () => {
  it("carries body and attributes to the receiver", async () => {
    const url = await createQueue("a");
    const attributes = {
      text: { DataType: "String", StringValue: "täxt" },
      bytes: { DataType: "Binary.raw", BinaryValue: Buffer.from([1, 2, 3]) },
    };
    const command = new SendMessageCommand({ QueueUrl: url, MessageBody: "こんにちは", MessageAttributes: attributes });
    const sent = await sqs.send(command);
    const [message] = await receive(url);
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: "こんにちは",
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      Attributes: { ApproximateReceiveCount: "1", SentTimestamp: String(start.getTime()), SenderId: "test" },
    });
    expect(message?.MessageAttributes?.["text"]?.StringValue).toBe("täxt");
    expect([...(message?.MessageAttributes?.["bytes"]?.BinaryValue ?? [])]).toEqual([1, 2, 3]);
  });

  it("hides a received message until its visibility timeout ends, and counts how often it was received", async () => {
    const url = await createQueue("a", { VisibilityTimeout: "30" });
    await send(url, "x");
    await receive(url);
    expect(await count(url)).toEqual([0, 1, 0]);
    await aws.clock.advanceBy(29_999);
    expect(await receive(url)).toEqual([]);
    await aws.clock.advanceBy(1);
    expect(await count(url)).toEqual([1, 0, 0]);
    const [again] = await receive(url);
    expect(again?.Attributes).toMatchObject({
      ApproximateReceiveCount: "2",
      ApproximateFirstReceiveTimestamp: String(start.getTime()),
    });
  });

  it("holds a delayed message back", async () => {
    const url = await createQueue("a", { DelaySeconds: "5" });
    await send(url, "queue's delay");
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "own delay", DelaySeconds: 900 }));
    expect(await count(url)).toEqual([0, 0, 2]);
    await aws.clock.advanceBy(5000);
    expect(bodies(await receive(url))).toEqual(["queue's delay"]);
    await aws.clock.advanceBy(894_999);
    expect(bodies(await receive(url, { VisibilityTimeout: 0 }))).toEqual(["queue's delay"]);
    await aws.clock.advanceBy(1);
    expect(bodies(await receive(url))).toEqual(["queue's delay", "own delay"]);
  });

  it("deletes with the latest receipt handle only", async () => {
    const url = await createQueue("a");
    await send(url, "x");
    const [first] = await receive(url, { VisibilityTimeout: 0 });
    const [second] = await receive(url);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }));
    expect(await count(url)).toEqual([0, 1, 0]);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: second?.ReceiptHandle }));
    expect(await count(url)).toEqual([0, 0, 0]);
    await expect(
      sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: "nonsense" })),
    ).rejects.toMatchObject({ name: "ReceiptHandleIsInvalid" });
  });

  it("changes the visibility of a message in flight and refuses that of one which is not", async () => {
    const url = await createQueue("a");
    await send(url, "x");
    const [message] = await receive(url);
    const change = (seconds: number) =>
      sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: url,
          ReceiptHandle: message?.ReceiptHandle,
          VisibilityTimeout: seconds,
        }),
      );
    await change(100);
    await aws.clock.advanceBy(99_999);
    expect(await count(url)).toEqual([0, 1, 0]);
    await change(0);
    expect(await count(url)).toEqual([1, 0, 0]);
    await expect(change(5)).rejects.toMatchObject({ name: "MessageNotInflight" });
  });

  it("reports each entry of a batch separately", async () => {
    const url = await createQueue("a");
    const sent = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: "good", MessageBody: "x" },
          { Id: "bad", MessageBody: "x", DelaySeconds: 901 },
        ],
      }),
    );
    expect(sent.Successful?.map((entry) => entry.Id)).toEqual(["good"]);
    expect(sent.Failed).toMatchObject([{ Id: "bad", Code: "InvalidParameterValue", SenderFault: true }]);
    const [message] = await receive(url);
    const entry = { Id: "a", ReceiptHandle: message?.ReceiptHandle };
    const deleteBatch = (entries: (typeof entry)[]) =>
      sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries: entries }));
    await expect(deleteBatch([entry, entry])).rejects.toMatchObject({ name: "BatchEntryIdsNotDistinct" });
    await expect(deleteBatch([])).rejects.toMatchObject({ name: "EmptyBatchRequest" });
    expect((await deleteBatch([entry])).Failed).toEqual([]);
  });

  it.each([
    ["longer than 1 MiB", "x".repeat(1024 * 1024 + 1), "InvalidParameterValue"],
    ["with a control character", "a\u0000b", "InvalidMessageContents"],
    ["without a body", "", "MissingParameter"],
  ])("refuses a message %s", async (_, body, error) => {
    const url = await createQueue("a");
    await expect(send(url, body)).rejects.toMatchObject({ name: error });
  });

  it("refuses a control character in an attribute as it does in a body", async () => {
    const MessageAttributes = { reason: { DataType: "String", StringValue: "a\u0000b" } };
    const message = { QueueUrl: await createQueue("a"), MessageBody: "x", MessageAttributes };
    await expect(sqs.send(new SendMessageCommand(message))).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });

  it("forgets a message after the retention period", async () => {
    const url = await createQueue("a", { MessageRetentionPeriod: "60" });
    await send(url, "x");
    await aws.clock.advanceBy(59_999);
    expect(await count(url)).toEqual([1, 0, 0]);
    await aws.clock.advanceBy(1);
    expect(await count(url)).toEqual([0, 0, 0]);
    expect(await receive(url)).toEqual([]);
  });

  it("purges at most once a minute", async () => {
    const url = await createQueue("a");
    await send(url, "x");
    await sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
    expect(await count(url)).toEqual([0, 0, 0]);
    await expect(sqs.send(new PurgeQueueCommand({ QueueUrl: url }))).rejects.toMatchObject({
      name: "PurgeQueueInProgress",
    });
  });
});

describe("dead-letter queues", () => {
  it("take a message that was received too often, with its attributes", async () => {
    const dead = await createQueue("dead");
    const url = await createQueue("a", { ...redriveTo("dead", 2), VisibilityTimeout: "0" });
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: "x",
        MessageAttributes: { reason: { DataType: "String", StringValue: "kept" } },
      }),
    );
    const [sent] = await receive(url);
    expect(bodies(await receive(url))).toEqual(["x"]);
    expect(await receive(url)).toEqual([]);
    const [message] = await receive(dead);
    expect(message).toMatchObject({
      MessageId: sent?.MessageId,
      MessageAttributes: { reason: { StringValue: "kept" } },
      Attributes: { DeadLetterQueueSourceArn: "arn:aws:sqs:us-east-1:000000000000:a" },
    });
  });

  it("move their messages back at the asked speed", async () => {
    const dead = await createQueue("dead");
    const url = await createQueue("a", { ...redriveTo("dead", 1), VisibilityTimeout: "0" });
    for (const body of ["1", "2", "3"]) await send(url, body);
    await receive(url);
    await receive(url);
    expect(await count(dead)).toEqual([3, 0, 0]);
    const SourceArn = "arn:aws:sqs:us-east-1:000000000000:dead";
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn, MaxNumberOfMessagesPerSecond: 2 }));
    await aws.clock.settle();
    expect(await count(url)).toEqual([1, 0, 0]);
    await aws.clock.advanceBy(500);
    expect([await count(url), await count(dead)]).toEqual([
      [2, 0, 0],
      [1, 0, 0],
    ]);
    await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn }))).rejects.toMatchObject({
      name: "UnsupportedOperation",
    });
    await aws.clock.advanceBy(1000);
    const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
    expect(Results).toMatchObject([{ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 3 }]);
    expect(await count(url)).toEqual([3, 0, 0]);
  });

  it("are the only queues to move messages from, and only messages from a queue return to it without a destination", async () => {
    const dead = await createQueue("dead");
    const SourceArn = "arn:aws:sqs:us-east-1:000000000000:dead";
    await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn }))).rejects.toMatchObject({
      name: "InvalidParameterValue",
    });
    const url = await createQueue("a");
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: redriveTo("dead", 3) }));
    await send(dead, "sent here");
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
    await aws.clock.settle();
    const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
    expect(Results).toMatchObject([{ Status: "FAILED", FailureReason: "CouldNotDetermineMessageSource" }]);
    expect(await count(dead)).toEqual([1, 0, 0]);
  });
});

describe("the delivery plan", () => {
  it("makes messages arrive twice, late and in another order", async () => {
    const url = await createQueue("a");
    aws.sqs.deliveries = ({ body }) => (body === "twice" ? [0, 1000] : body === "late" ? [500] : [0]);
    for (const body of ["late", "twice", "plain"]) await send(url, body);
    const atOnce = await receive(url);
    expect(bodies(atOnce)).toEqual(["twice", "plain"]);
    await aws.clock.advanceBy(1000);
    const later = await receive(url);
    expect(bodies(later)).toEqual(["late", "twice"]);
    expect(later[1]?.MessageId).toBe(atOnce[0]?.MessageId);
  });
});

it("fails on demand, before or after the effect", async () => {
  const url = await createQueue("a");
  aws.endpoint.faults = () => ({ kind: "throttle" });
  await expect(send(url, "x")).rejects.toMatchObject({ name: "RequestThrottled" });
  for (const effect of ["before", "after"] as const) {
    aws.endpoint.faults = () => ({ kind: "hang-up", effect });
    await expect(send(url, effect)).rejects.toThrow("socket hang up");
  }
  aws.endpoint.faults = () => undefined;
  expect(bodies(await receive(url))).toEqual(["after"]);
});
