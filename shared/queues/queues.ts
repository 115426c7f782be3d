import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Due } from "../../events/due.ts";

/** The queue that names windows to look at. */
export interface DueQueue {
  /** Sends a message that arrives after `delaySeconds`, at most `longestDelaySeconds`. */
  send(due: Due, delaySeconds: number): Promise<void>;
  /** Sends messages without a delay. Throws if SQS refuses any of them. */
  sendAll(dues: Due[]): Promise<void>;
  /** About how many messages wait or are in flight. */
  depth(): Promise<number>;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export const longestDelaySeconds = 900;
const batchSize = 10;

export const sqsDueQueue = (sqs: SQSClient, QueueUrl: string): DueQueue => ({
  async send(due, DelaySeconds) {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(due), DelaySeconds }));
  },

  async sendAll(dues) {
    for (let start = 0; start < dues.length; start += batchSize) {
      const Entries = dues
        .slice(start, start + batchSize)
        .map((due, index) => ({ Id: String(index), MessageBody: JSON.stringify(due) }));
      const { Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      const [first] = Failed ?? [];
      if (first !== undefined) throw new Error(`SQS refused ${Failed?.length} due messages: ${first.Code}`);
    }
  },

  depth: () => queueDepth(sqs, QueueUrl),
});

/** Returns about how many messages a queue contains: waiting, in flight and delayed. */
export const queueDepth = async (sqs: SQSClient, QueueUrl: string): Promise<number> => {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
      ],
    }),
  );
  return Object.values(Attributes ?? {}).reduce((total, count) => total + Number(count), 0);
};

/** The queue for messages that can never be understood. */
export interface DeadLetters {
  send(body: string, reason: string): Promise<void>;
}

/**
 * The maximum size of a message in bytes, including its attributes:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const mostBytes = 1_048_576;

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/**
 * Returns a message for SQS with this body, and with the reason if there is room for the attribute. Replaces characters
 * that SQS refuses, and cuts a body that is too long after that.
 */
const letterOf = (body: string, reason: string) => {
  const valid = body.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
  const taken = valid === "" ? "(empty)" : valid;
  const MessageAttributes = { reason: { DataType: "String", StringValue: reason } };
  const attributeBytes = bytesOf("reason") + bytesOf("String") + bytesOf(reason);
  if (bytesOf(taken) + attributeBytes <= mostBytes) return { MessageBody: taken, MessageAttributes };
  // With `stream`, the decoder drops a last character whose bytes are incomplete.
  const cut = new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    new TextEncoder().encode(taken).subarray(0, mostBytes),
    { stream: true },
  );
  return { MessageBody: cut };
};

export const sqsDeadLetters = (sqs: SQSClient, QueueUrl: string): DeadLetters => ({
  async send(body, reason) {
    await sqs.send(new SendMessageCommand({ QueueUrl, ...letterOf(body, reason) }));
  },
});
