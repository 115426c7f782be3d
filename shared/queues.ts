import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Due } from "../events/due.ts";

/** Where windows are named that should be looked at. */
export interface DueQueue {
  /** Delivered after `delaySeconds`, at most `longestDelaySeconds`. */
  send(due: Due, delaySeconds: number): Promise<void>;
  /** At once. Throws when any of them was not accepted. */
  sendAll(dues: Due[]): Promise<void>;
  /** About how many messages wait or are being worked on. */
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

/** About how many messages a queue holds: those that wait, those that are being worked on, and those that are delayed. */
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

/** Where a message goes that can never be understood. */
export interface DeadLetters {
  send(body: string, reason: string): Promise<void>;
}

export const sqsDeadLetters = (sqs: SQSClient, QueueUrl: string): DeadLetters => ({
  async send(MessageBody, reason) {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody,
        MessageAttributes: { reason: { DataType: "String", StringValue: reason } },
      }),
    );
  },
});
