import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { SQSEvent } from "aws-lambda";
import { EventSourceMapping } from "../src/lambda/event-source-mapping.ts";
import { type LocalAws, startLocalAws } from "../src/local-aws.ts";
import type { Queue } from "../src/sqs/queue.ts";

const start = new Date("2026-01-01T00:00:00Z");
let aws: LocalAws;
let queue: Queue;
let batches: string[];

beforeEach(async () => {
  aws = await startLocalAws({ start });
  aws.sqs.createQueue("dead");
  queue = aws.sqs.createQueue("work", { VisibilityTimeout: "60" });
  batches = [];
});
afterEach(() => aws.stop());

type Options = Omit<ConstructorParameters<typeof EventSourceMapping>[0], "clock" | "lambda" | "queue" | "functionName">;
const feed = (handler: (event: SQSEvent) => Promise<unknown>, options: Options = {}) => {
  const noting = async (event: SQSEvent) => {
    const seconds = (aws.clock.now().getTime() - start.getTime()) / 1000;
    batches.push(`${event.Records.map((record) => record.body).join()} at +${seconds}`);
    return handler(event);
  };
  aws.lambda.register("worker", noting, { timeoutMs: 30_000 });
  return new EventSourceMapping({ clock: aws.clock, lambda: aws.lambda, queue, functionName: "worker", ...options });
};
const send = (...bodies: string[]) => {
  for (const body of bodies) queue.send({ body, messageAttributes: {}, senderId: "test" });
};
const take = async () => undefined;

describe("EventSourceMapping", () => {
  it("passes records in Lambda's format and deletes handled messages", async () => {
    const events: SQSEvent[] = [];
    feed(async (event) => events.push(event));
    const messageId = queue.send({
      body: "x",
      messageAttributes: { reason: { DataType: "String", StringValue: "why" } },
      senderId: "test",
    });
    await aws.clock.settle();
    expect(events).toEqual([
      {
        Records: [
          {
            messageId,
            receiptHandle: expect.any(String),
            body: "x",
            attributes: {
              ApproximateReceiveCount: "1",
              SentTimestamp: String(start.getTime()),
              SenderId: "test",
              ApproximateFirstReceiveTimestamp: String(start.getTime()),
            },
            messageAttributes: {
              reason: { stringValue: "why", stringListValues: [], binaryListValues: [], dataType: "String" },
            },
            md5OfBody: "9dd4e461268c8034f5c8564e155c67a6",
            eventSource: "aws:sqs",
            eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:work",
            awsRegion: "us-east-1",
          },
        ],
      },
    ]);
    expect(queue.count()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it("delivers the whole batch again after the visibility timeout when the function fails", async () => {
    let isBroken = true;
    feed(async () => {
      if (isBroken) throw new Error("broken");
    });
    send("a", "b");
    await aws.clock.advanceBy(59_999);
    isBroken = false;
    await aws.clock.advanceBy(60_000);
    expect(batches).toEqual(["a,b at +0", "a,b at +60"]);
    expect(queue.count()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it("delivers the batch again when the function times out", async () => {
    feed(() => aws.clock.sleep(31_000));
    send("a");
    await aws.clock.advanceBy(60_000);
    expect(batches).toEqual(["a at +0", "a at +60"]);
  });

  it("keeps only the reported messages", async () => {
    const failing = (event: SQSEvent) => event.Records.filter((record) => record.body === "bad");
    feed(
      async (event) => ({
        batchItemFailures: failing(event).map((record) => ({ itemIdentifier: record.messageId })),
      }),
      { reportBatchItemFailures: true },
    );
    send("a", "bad", "b");
    await aws.clock.advanceBy(60_000);
    expect(batches).toEqual(["a,bad,b at +0", "bad at +60"]);
  });

  it.each([
    ["an unknown message", { batchItemFailures: [{ itemIdentifier: "nobody" }] }, true],
    ["an empty identifier", { batchItemFailures: [{ itemIdentifier: "" }] }, true],
    ["a misspelt key", { batchItemFailures: [{ id: "x" }] }, true],
    ["something else", "fine", true],
    ["an empty list", { batchItemFailures: [] }, false],
    ["an empty object", {}, false],
    ["nothing", null, false],
  ])("takes an answer with %s as it is documented", async (_, answer, isFailure) => {
    feed(async () => answer, { reportBatchItemFailures: true });
    send("a", "b");
    await aws.clock.settle();
    expect(queue.count()).toEqual({ visible: 0, inFlight: isFailure ? 2 : 0, delayed: 0 });
  });

  it("does not read the answer unless it was asked to", async () => {
    feed(async (event) => ({
      batchItemFailures: event.Records.map((record) => ({ itemIdentifier: record.messageId })),
    }));
    send("a");
    await aws.clock.settle();
    expect(queue.count()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it("moves a message to the dead-letter queue after the last receive, without delaying others", async () => {
    const deadLetterTargetArn = "arn:aws:sqs:us-east-1:000000000000:dead";
    aws.sqs.setQueueAttributes(queue, { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 }) });
    feed(
      async (event) => {
        if (event.Records.some((record) => record.body === "poison")) throw new Error("broken");
      },
      { batchSize: 1 },
    );
    send("poison", "good");
    await aws.clock.advanceBy(200_000);
    expect(batches).toEqual(["poison at +0", "good at +0", "poison at +60"]);
    expect(aws.sqs.findByName("dead").count().visible).toBe(1);
  });

  it("runs no more batches at once than allowed and leaves the rest on the queue", async () => {
    feed(() => aws.clock.sleep(10_000), { batchSize: 2, maximumConcurrency: 2 });
    send("a", "b", "c", "d", "e");
    await aws.clock.advanceBy(5000);
    expect(queue.count()).toEqual({ visible: 1, inFlight: 4, delayed: 0 });
    await aws.clock.advanceBy(10_000);
    expect(batches).toEqual(["a,b at +0", "c,d at +0", "e at +10"]);
  });

  it("waits for a full batch, but no longer than its window", async () => {
    feed(take, { batchSize: 3, maximumBatchingWindowSeconds: 20 });
    send("a");
    await aws.clock.advanceBy(5000);
    send("b");
    await aws.clock.advanceBy(15_000);
    send("c", "d", "e", "f");
    await aws.clock.advanceBy(1000);
    expect(batches).toEqual(["a,b at +20", "c,d,e at +20"]);
    await aws.clock.advanceBy(19_000);
    expect(batches.at(-1)).toBe("f at +40");
  });

  it("wakes for a message that was delayed", async () => {
    feed(take);
    queue.send({ body: "later", messageAttributes: {}, senderId: "test" }, 90);
    await aws.clock.advanceBy(100_000);
    expect(batches).toEqual(["later at +90"]);
  });

  it("delivers twice, late and in another order when the plan says so", async () => {
    aws.sqs.deliveries = ({ body }) => (body === "twice" ? [0, 5000] : body === "late" ? [1000] : [0]);
    feed(take);
    send("late", "twice", "plain");
    await aws.clock.advanceBy(10_000);
    expect(batches).toEqual(["twice,plain at +0", "late at +1", "twice at +5"]);
  });

  it("begins nothing once it is stopped", async () => {
    const mapping = feed(take);
    send("a");
    mapping.stop();
    send("b");
    await aws.clock.advanceBy(60_000);
    expect(batches).toEqual([]);
  });

  it.each([
    ["a concurrency of 1", { maximumConcurrency: 1 }],
    ["batches over 10 without a window", { batchSize: 11 }],
    ["a window over 300 s", { maximumBatchingWindowSeconds: 301 }],
  ])("refuses %s", (_, options) => {
    expect(() => feed(take, options)).toThrow(expect.objectContaining({ code: "InvalidParameterValueException" }));
  });

  it("refuses a function that may run longer than its messages stay invisible", () => {
    aws.sqs.setQueueAttributes(queue, { VisibilityTimeout: "29" });
    expect(() => feed(take)).toThrow("Queue visibility timeout: 29 seconds");
  });

  it("delivers 20,000 messages, each once", async () => {
    let delivered = 0;
    aws.lambda.register("worker", async (event: SQSEvent) => (delivered += event.Records.length), {
      timeoutMs: 30_000,
    });
    new EventSourceMapping({ clock: aws.clock, lambda: aws.lambda, queue, functionName: "worker" });
    for (let index = 0; index < 20_000; index += 1) send(String(index));
    await aws.clock.settle();
    expect(delivered).toBe(20_000);
  });
});
