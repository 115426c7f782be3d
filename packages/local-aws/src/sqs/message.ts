import { createHash } from "node:crypto";
import * as v from "valibot";
import { AwsError } from "../service.ts";

export const MAXIMUM_MESSAGE_BYTES = 1024 * 1024;

const MessageAttribute = v.strictObject({
  DataType: v.pipe(v.string(), v.regex(/^(String|Number|Binary)(\..+)?$/, "must be String, Number or Binary")),
  StringValue: v.optional(v.string()),
  BinaryValue: v.optional(v.pipe(v.string(), v.base64())),
});

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
export const MessageAttributes = v.record(v.string(), MessageAttribute);

export type MessageAttributes = v.InferOutput<typeof MessageAttributes>;

/** A message from a sender. */
export interface OutgoingMessage {
  body: string;
  messageAttributes: MessageAttributes;
  senderId: string;
}

export interface StoredMessage extends OutgoingMessage {
  messageId: string;
  /** Unique in the queue. Each copy of a message has its own. */
  order: number;
  sentAt: number;
  visibleAt: number;
  firstReceivedAt: number | undefined;
  /** The number of receives in all queues. */
  receiveCount: number;
  /** The number of receives in this queue, which the redrive policy counts. */
  receivesHere: number;
  deadLetterSourceArn: string | undefined;
}

export interface ReceivedMessage {
  messageId: string;
  receiptHandle: string;
  body: string;
  messageAttributes: MessageAttributes;
  attributes: Record<string, string>;
}

const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)[a-zA-Z0-9_.-]{1,256}(?<!\.)$/i;

/**
 * Applies to the body and to attributes:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_MessageAttributeValue.html
 */
const INVALID_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** Throws for a message that SQS refuses. */
export const checkMessage = (message: OutgoingMessage, maximumBytes: number): void => {
  const invalid = (reason: string) =>
    new AwsError("InvalidParameterValue", `One or more parameters are invalid. Reason: ${reason}`);
  if (message.body === "")
    throw new AwsError("MissingParameter", "The request must contain the parameter MessageBody.");
  if (INVALID_CHARACTER.test(message.body))
    throw new AwsError("InvalidMessageContents", "Invalid binary character was found in the message body.");
  const names = Object.keys(message.messageAttributes);
  if (names.length > 10) throw invalid("Number of message attributes exceeds the allowed maximum [10].");
  for (const name of names) {
    const { DataType, StringValue, BinaryValue } = message.messageAttributes[name] ?? { DataType: "" };
    if (!ATTRIBUTE_NAME.test(name)) throw invalid(`The message attribute name '${name}' is invalid.`);
    const value = DataType.startsWith("Binary") ? BinaryValue : StringValue;
    if (value === undefined || value === "")
      throw invalid(`The message attribute '${name}' must contain a non-empty value of type '${DataType}'.`);
    if (StringValue !== undefined && INVALID_CHARACTER.test(StringValue))
      throw invalid(`The message attribute '${name}' holds an invalid character.`);
    if (DataType.startsWith("Number") && !Number.isFinite(Number(value)))
      throw invalid(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
  if (messageBytes(message) > maximumBytes) throw invalid(`Message must be shorter than ${maximumBytes} bytes.`);
};

/** Returns the size that counts for the limit: the body, and name, type and value of each attribute. */
export const messageBytes = (message: OutgoingMessage): number => {
  let bytes = Buffer.byteLength(message.body);
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(message.messageAttributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType);
    bytes += Buffer.byteLength(StringValue ?? "") + Buffer.byteLength(BinaryValue ?? "", "base64");
  }
  return bytes;
};

export const md5OfBody = (body: string): string => createHash("md5").update(body, "utf8").digest("hex");

/**
 * Returns undefined when there are no attributes.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export const md5OfMessageAttributes = (attributes: MessageAttributes): string | undefined => {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const digest = createHash("md5");
  const update = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    digest.update(length).update(bytes);
  };
  for (const name of names) {
    const { DataType, StringValue, BinaryValue } = attributes[name] ?? { DataType: "" };
    const isBinary = DataType.startsWith("Binary");
    update(Buffer.from(name, "utf8"));
    update(Buffer.from(DataType, "utf8"));
    digest.update(Buffer.from([isBinary ? 2 : 1]));
    update(isBinary ? Buffer.from(BinaryValue ?? "", "base64") : Buffer.from(StringValue ?? "", "utf8"));
  }
  return digest.digest("hex");
};
