import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { RecordsQueue } from "../../shared/triggers/records-queue.ts";
import { limits } from "./sdk-limits.ts";

export const sdkRecordsQueue = (): RecordsQueue => {
  const sqs = new SQSClient({ ...limits, maxAttempts: 2, md5: false });
  const QueueUrl = process.env["RECORDS_QUEUE_URL"];
  return {
    async send(record) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(record) }));
    },
  };
};
