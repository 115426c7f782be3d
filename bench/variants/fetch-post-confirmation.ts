import { AwsV4Signer } from "aws4fetch";
import { randomUUID } from "node:crypto";
import { createPostConfirmation } from "../../functions/post-confirmation/post-confirmation.ts";
import { systemClock } from "../../shared/runtime/clock.ts";
import { telemetry } from "./telemetry.ts";

const setting = (name: string): string => process.env[name] ?? "";

/** The same trigger with the platform's `fetch` and a small signing library, without anything else from an SDK. */
export const handler = createPostConfirmation({
  records: {
    async send(record) {
      const signer = new AwsV4Signer({
        method: "POST",
        url: setting("AWS_ENDPOINT_URL"),
        headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessage" },
        body: JSON.stringify({ QueueUrl: setting("RECORDS_QUEUE_URL"), MessageBody: JSON.stringify(record) }),
        accessKeyId: setting("AWS_ACCESS_KEY_ID"),
        secretAccessKey: setting("AWS_SECRET_ACCESS_KEY"),
        service: "sqs",
        region: setting("AWS_REGION"),
      });
      const { url, ...request } = await signer.sign();
      const response = await fetch(url, request);
      if (!response.ok) throw new Error(`SQS answered ${response.status}.`);
      await response.json();
    },
  },
  clock: systemClock,
  newId: randomUUID,
  telemetry,
});
