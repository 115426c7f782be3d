import { GetQueueAttributesCommand, SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { FactRecord } from "../../events/record.ts";
import { rememberedAttribute } from "../../shared/queues/sqs-batch.ts";

/** The queue to which failed records are sent again. */
export interface RecordsQueue {
  /** About how many messages wait, without those in flight. */
  waiting(): Promise<number>;
  /** Throws if SQS refuses any of them. */
  sendAgain(records: FactRecord[]): Promise<void>;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const batchSize = 10;

/** All errors of the SDK pass through. */
export const sqsRecordsQueue = (sqs: SQSClient, QueueUrl: string): RecordsQueue => ({
  async waiting() {
    const AttributeNames = ["ApproximateNumberOfMessages" as const];
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
  },

  async sendAgain(records) {
    for (let start = 0; start < records.length; start += batchSize) {
      const Entries = records.slice(start, start + batchSize).map((record, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify(record),
        MessageAttributes: { [rememberedAttribute]: { DataType: "String", StringValue: "yes" } },
      }));
      const { Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      const [first] = Failed ?? [];
      if (first !== undefined) throw new Error(`SQS refused ${Failed?.length} remembered records: ${first.Code}`);
    }
  },
});
