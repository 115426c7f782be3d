import * as v from "valibot";
import { AwsError } from "../service.ts";
import { MAXIMUM_MESSAGE_BYTES } from "./message.ts";
import { invalidParameter } from "./sqs-error.ts";

interface RedrivePolicy {
  deadLetterTargetArn: string;
  maxReceiveCount: number;
}

/**
 * The attributes of a queue that can be set.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export interface QueueAttributes {
  delaySeconds: number;
  maximumMessageSize: number;
  messageRetentionPeriod: number;
  receiveMessageWaitTimeSeconds: number;
  visibilityTimeout: number;
  redrivePolicy: RedrivePolicy | undefined;
  /** Stored and returned, without effect. */
  kept: Record<string, string>;
}

export const defaultQueueAttributes: QueueAttributes = {
  delaySeconds: 0,
  maximumMessageSize: MAXIMUM_MESSAGE_BYTES,
  messageRetentionPeriod: 345_600,
  receiveMessageWaitTimeSeconds: 0,
  visibilityTimeout: 30,
  redrivePolicy: undefined,
  kept: {},
};

const KEPT = ["KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId", "Policy", "RedriveAllowPolicy", "SqsManagedSseEnabled"];

const RedrivePolicySchema = v.strictObject({
  deadLetterTargetArn: v.pipe(v.string(), v.regex(/^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}$/)),
  maxReceiveCount: v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.decimal(), v.transform(Number))]),
    v.integer(),
    v.minValue(1),
    v.maxValue(1000),
  ),
});

/** Returns the attributes with the requested changes. Throws for a name or a value that SQS refuses. */
export const changeQueueAttributes = (current: QueueAttributes, changes: Record<string, string>): QueueAttributes => {
  const next = { ...current, kept: { ...current.kept } };
  for (const [name, value] of Object.entries(changes)) {
    if (name === "DelaySeconds") next.delaySeconds = seconds(name, value, 0, 900);
    else if (name === "MaximumMessageSize") next.maximumMessageSize = seconds(name, value, 1024, MAXIMUM_MESSAGE_BYTES);
    else if (name === "MessageRetentionPeriod") next.messageRetentionPeriod = seconds(name, value, 60, 1_209_600);
    else if (name === "ReceiveMessageWaitTimeSeconds") next.receiveMessageWaitTimeSeconds = seconds(name, value, 0, 20);
    else if (name === "VisibilityTimeout") next.visibilityTimeout = seconds(name, value, 0, 43_200);
    else if (name === "RedrivePolicy") next.redrivePolicy = parseRedrivePolicy(value);
    else if (KEPT.includes(name)) next.kept[name] = value;
    else if (name === "FifoQueue" || name === "ContentBasedDeduplication")
      throw new AwsError("UnsupportedByLocalStack", "The local stack has standard queues only.", 501);
    else throw new AwsError("InvalidAttributeName", `Unknown Attribute ${name}.`);
  }
  return next;
};

/** Returns the attributes in the format of GetQueueAttributes. */
export const describeQueueAttributes = (attributes: QueueAttributes): Record<string, string> => ({
  DelaySeconds: String(attributes.delaySeconds),
  MaximumMessageSize: String(attributes.maximumMessageSize),
  MessageRetentionPeriod: String(attributes.messageRetentionPeriod),
  ReceiveMessageWaitTimeSeconds: String(attributes.receiveMessageWaitTimeSeconds),
  VisibilityTimeout: String(attributes.visibilityTimeout),
  ...(attributes.redrivePolicy === undefined ? {} : { RedrivePolicy: JSON.stringify(attributes.redrivePolicy) }),
  SqsManagedSseEnabled: "true",
  ...attributes.kept,
});

const seconds = (name: string, value: string, minimum: number, maximum: number): number => {
  const parsed = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (parsed >= minimum && parsed <= maximum) return parsed;
  throw new AwsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
};

const parseRedrivePolicy = (value: string): RedrivePolicy | undefined => {
  if (value === "") return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), RedrivePolicySchema), value);
  if (parsed.success) return parsed.output;
  throw invalidParameter("RedrivePolicy", value, parsed.issues[0].message);
};
