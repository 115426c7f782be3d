import { jsonService, type Service } from "../service.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { messageOperations } from "./message-operations.ts";
import { queueOperations } from "./queue-operations.ts";
import { refuseAsSqs } from "./sqs-error.ts";
import type { Sqs } from "./sqs.ts";

export const sqsService = (sqs: Sqs, clock: VirtualClock): Service => ({
  ...jsonService({
    name: "SQS",
    targetPrefix: "AmazonSQS",
    contentType: "application/x-amz-json-1.0",
    throttling: { code: "RequestThrottled", message: "The request was denied due to request throttling.", status: 403 },
    operations: { ...queueOperations(sqs, clock), ...messageOperations(sqs) },
  }),
  refuse: refuseAsSqs,
});
