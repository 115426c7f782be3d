import * as v from "valibot";
import type { FactRecord } from "../../events/record.ts";
import type { Call } from "../light-aws/json-client.ts";

/** The queue for the records of triggers. */
export interface RecordsQueue {
  send(record: FactRecord): Promise<void>;
}

const accepted = v.object({ MessageId: v.string() });

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export const sqsRecordsQueue = (sqs: Call, QueueUrl: string): RecordsQueue => ({
  async send(record) {
    const answer = await sqs("SendMessage", { QueueUrl, MessageBody: JSON.stringify(record) });
    if (!v.is(accepted, answer)) throw new Error("SQS accepted the message, but gave it no id.");
  },
});
