import * as v from "valibot";
import { AwsError, operation, type Operation } from "../service.ts";
import { performBatch } from "./message-batch.ts";
import {
  MAXIMUM_MESSAGE_BYTES,
  md5OfBody,
  md5OfMessageAttributes,
  MessageAttributes,
  messageBytes,
  type OutgoingMessage,
  type ReceivedMessage,
} from "./message.ts";
import type { Queue } from "./queue.ts";
import { invalidParameter } from "./sqs-error.ts";
import type { Sqs } from "./sqs.ts";

const invalid = (message: string) => new AwsError("InvalidParameterValue", message);

const messageEntries = {
  MessageBody: v.string(),
  DelaySeconds: v.optional(v.number()),
  MessageAttributes: v.optional(MessageAttributes, {}),
};
const onMessage = { ReceiptHandle: v.string() };
const onVisibility = { ReceiptHandle: v.string(), VisibilityTimeout: v.number() };
const batchOf = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject({ QueueUrl: v.string(), Entries: v.array(v.strictObject({ Id: v.string(), ...entries })) });

const SYSTEM_ATTRIBUTES = v.optional(
  v.array(
    v.picklist([
      "All",
      "ApproximateFirstReceiveTimestamp",
      "ApproximateReceiveCount",
      "AWSTraceHeader",
      "DeadLetterQueueSourceArn",
      "MessageDeduplicationId",
      "MessageGroupId",
      "SenderId",
      "SentTimestamp",
      "SequenceNumber",
    ]),
  ),
  [],
);

/** The operations on messages: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
export const messageOperations = (sqs: Sqs): Record<string, Operation> => ({
  SendMessage: operation(v.strictObject({ QueueUrl: v.string(), ...messageEntries }), invalid, (input, caller) =>
    send(sqs.findByUrl(input.QueueUrl), outgoing(input, caller), input.DelaySeconds),
  ),
  SendMessageBatch: operation(batchOf(messageEntries), invalid, (input, caller) => {
    const queue = sqs.findByUrl(input.QueueUrl);
    const bytes = input.Entries.reduce((sum, entry) => sum + messageBytes(outgoing(entry, caller)), 0);
    if (bytes > MAXIMUM_MESSAGE_BYTES) {
      const message = `Batch requests cannot be longer than ${MAXIMUM_MESSAGE_BYTES} bytes. You have sent ${bytes} bytes.`;
      throw new AwsError("BatchRequestTooLong", message);
    }
    return performBatch(input.Entries, (entry) => send(queue, outgoing(entry, caller), entry.DelaySeconds));
  }),
  ReceiveMessage: operation(
    v.strictObject({
      QueueUrl: v.string(),
      AttributeNames: SYSTEM_ATTRIBUTES,
      MessageSystemAttributeNames: SYSTEM_ATTRIBUTES,
      MessageAttributeNames: v.optional(v.array(v.string()), []),
      MaxNumberOfMessages: v.optional(v.number(), 1),
      VisibilityTimeout: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(43_200))),
      WaitTimeSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20))),
    }),
    invalid,
    (input) => {
      const queue = sqs.findByUrl(input.QueueUrl);
      const maximum = input.MaxNumberOfMessages;
      if (!Number.isInteger(maximum) || maximum < 1 || maximum > 10)
        throw invalidParameter("MaxNumberOfMessages", maximum, "Must be between 1 and 10, if provided.");
      const system = [...input.AttributeNames, ...input.MessageSystemAttributeNames];
      const messages = queue.receive(maximum, input.VisibilityTimeout);
      return messages.length === 0
        ? {}
        : { Messages: messages.map((message) => describe(message, system, input.MessageAttributeNames)) };
    },
  ),
  DeleteMessage: operation(v.strictObject({ QueueUrl: v.string(), ...onMessage }), invalid, (input) =>
    sqs.findByUrl(input.QueueUrl).delete(input.ReceiptHandle),
  ),
  DeleteMessageBatch: operation(batchOf(onMessage), invalid, (input) => {
    const queue = sqs.findByUrl(input.QueueUrl);
    return performBatch(input.Entries, (entry) => queue.delete(entry.ReceiptHandle));
  }),
  ChangeMessageVisibility: operation(v.strictObject({ QueueUrl: v.string(), ...onVisibility }), invalid, (input) =>
    sqs.findByUrl(input.QueueUrl).changeVisibility(input.ReceiptHandle, input.VisibilityTimeout),
  ),
  ChangeMessageVisibilityBatch: operation(batchOf(onVisibility), invalid, (input) => {
    const queue = sqs.findByUrl(input.QueueUrl);
    return performBatch(input.Entries, (entry) => queue.changeVisibility(entry.ReceiptHandle, entry.VisibilityTimeout));
  }),
});

const outgoing = (
  input: { MessageBody: string; MessageAttributes: MessageAttributes },
  caller: string,
): OutgoingMessage => ({ body: input.MessageBody, messageAttributes: input.MessageAttributes, senderId: caller });

const send = (queue: Queue, message: OutgoingMessage, delaySeconds: number | undefined) => ({
  MessageId: queue.send(message, delaySeconds),
  MD5OfMessageBody: md5OfBody(message.body),
  ...md5(message.messageAttributes),
});

const describe = (message: ReceivedMessage, system: string[], names: string[]) => {
  const attributes = Object.entries(message.attributes).filter(
    ([name]) => system.includes("All") || system.includes(name),
  );
  const messageAttributes = Object.fromEntries(
    Object.entries(message.messageAttributes).filter(([name]) => names.some((pattern) => matches(name, pattern))),
  );
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5OfBody(message.body),
    ...(attributes.length === 0 ? {} : { Attributes: Object.fromEntries(attributes) }),
    ...(Object.keys(messageAttributes).length === 0 ? {} : { MessageAttributes: messageAttributes }),
    ...md5(messageAttributes),
  };
};

const md5 = (attributes: MessageAttributes) => {
  const digest = md5OfMessageAttributes(attributes);
  return digest === undefined ? {} : { MD5OfMessageAttributes: digest };
};

const matches = (name: string, pattern: string): boolean =>
  pattern === "All" || pattern === name || (pattern.endsWith(".*") && name.startsWith(pattern.slice(0, -2)));
