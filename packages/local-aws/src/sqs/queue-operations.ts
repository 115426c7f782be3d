import * as v from "valibot";
import { AwsError, operation, type Operation } from "../service.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { describeQueueAttributes } from "./queue-attributes.ts";
import type { Queue } from "./queue.ts";
import type { Sqs } from "./sqs.ts";

const invalid = (message: string) => new AwsError("InvalidParameterValue", message);
const Attributes = v.record(v.string(), v.string());
const OnQueue = v.strictObject({ QueueUrl: v.string() });

/** The operations on queues: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
export const queueOperations = (sqs: Sqs, clock: VirtualClock): Record<string, Operation> => ({
  CreateQueue: operation(
    v.strictObject({ QueueName: v.string(), Attributes: v.optional(Attributes) }),
    invalid,
    (input) => ({ QueueUrl: sqs.url(sqs.createQueue(input.QueueName, input.Attributes)) }),
  ),
  DeleteQueue: operation(OnQueue, invalid, (input) => sqs.deleteQueue(sqs.findByUrl(input.QueueUrl))),
  GetQueueUrl: operation(v.strictObject({ QueueName: v.string() }), invalid, (input) => ({
    QueueUrl: sqs.url(sqs.findByName(input.QueueName)),
  })),
  ListQueues: operation(
    v.strictObject({
      QueueNamePrefix: v.optional(v.string()),
      MaxResults: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))),
      NextToken: v.optional(v.string()),
    }),
    invalid,
    (input) => {
      const after = Buffer.from(input.NextToken ?? "", "base64").toString("utf8");
      const queues = sqs.list(input.QueueNamePrefix).filter((queue) => queue.name > after);
      const page = queues.slice(0, input.MaxResults ?? 1000);
      const last = page.length < queues.length && input.MaxResults !== undefined ? page.at(-1) : undefined;
      return {
        QueueUrls: page.map((queue) => sqs.url(queue)),
        ...(last === undefined ? {} : { NextToken: Buffer.from(last.name).toString("base64") }),
      };
    },
  ),
  GetQueueAttributes: operation(
    v.strictObject({ QueueUrl: v.string(), AttributeNames: v.optional(v.array(v.string()), []) }),
    invalid,
    (input) => {
      const all = describe(sqs.findByUrl(input.QueueUrl));
      const names = input.AttributeNames;
      const unknown = names.find((name) => name !== "All" && !KNOWN_ATTRIBUTES.has(name));
      if (unknown !== undefined) throw new AwsError("InvalidAttributeName", `Unknown Attribute ${unknown}.`);
      const asked = Object.entries(all).filter(([name]) => names.includes("All") || names.includes(name));
      return asked.length === 0 ? {} : { Attributes: Object.fromEntries(asked) };
    },
  ),
  SetQueueAttributes: operation(v.strictObject({ QueueUrl: v.string(), Attributes }), invalid, (input) =>
    sqs.setQueueAttributes(sqs.findByUrl(input.QueueUrl), input.Attributes),
  ),
  PurgeQueue: operation(OnQueue, invalid, (input) => {
    const queue = sqs.findByUrl(input.QueueUrl);
    const now = clock.now();
    if (queue.purgedAt !== undefined && now.getTime() - queue.purgedAt.getTime() < 60_000) {
      const message = `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`;
      throw new AwsError("PurgeQueueInProgress", message, 403);
    }
    queue.purgedAt = now;
    queue.purge();
  }),
  StartMessageMoveTask: operation(
    v.strictObject({
      SourceArn: v.string(),
      DestinationArn: v.optional(v.string()),
      MaxNumberOfMessagesPerSecond: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500))),
    }),
    invalid,
    (input) => ({
      TaskHandle: sqs.startMessageMoveTask(input.SourceArn, input.DestinationArn, input.MaxNumberOfMessagesPerSecond),
    }),
  ),
  ListMessageMoveTasks: operation(
    v.strictObject({
      SourceArn: v.string(),
      MaxResults: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10)), 1),
    }),
    invalid,
    (input) => ({
      Results: sqs
        .listMessageMoveTasks(input.SourceArn)
        .slice(0, input.MaxResults)
        .map((task) => task.describe()),
    }),
  ),
  CancelMessageMoveTask: operation(v.strictObject({ TaskHandle: v.string() }), invalid, (input) => ({
    ApproximateNumberOfMessagesMoved: sqs.cancelMessageMoveTask(input.TaskHandle),
  })),
});

const KNOWN_ATTRIBUTES = new Set([
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesDelayed",
  "ApproximateNumberOfMessagesNotVisible",
  "CreatedTimestamp",
  "DelaySeconds",
  "KmsDataKeyReusePeriodSeconds",
  "KmsMasterKeyId",
  "LastModifiedTimestamp",
  "MaximumMessageSize",
  "MessageRetentionPeriod",
  "Policy",
  "QueueArn",
  "ReceiveMessageWaitTimeSeconds",
  "RedriveAllowPolicy",
  "RedrivePolicy",
  "SqsManagedSseEnabled",
  "VisibilityTimeout",
]);

const describe = (queue: Queue): Record<string, string> => {
  const count = queue.count();
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(count.visible),
    ApproximateNumberOfMessagesNotVisible: String(count.inFlight),
    ApproximateNumberOfMessagesDelayed: String(count.delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAt.getTime() / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt.getTime() / 1000)),
    ...describeQueueAttributes(queue.attributes),
  };
};
