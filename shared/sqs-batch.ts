import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import * as v from "valibot";
import type { DeadLetters } from "./queues.ts";
import { describeError, type Telemetry } from "./telemetry.ts";

/** What SQS says of the delivery of a message. */
export interface Delivery {
  /** How often the message was received, this time included. */
  receiveCount: number;
  /** It is remembered elsewhere, and will be sent again from there until it is handled. */
  isRemembered: boolean;
}

/** The message attribute that says so. */
export const rememberedAttribute = "remembered";

/** From how many deliveries on a message that fails is remembered, before SQS gives it up. */
const rememberedAfter = 10;

/** Whether a message is done with, or goes back to the queue without anything having failed. */
export type Handled = "done" | "again";

/**
 * Handles the messages of a batch each by itself. One that cannot be understood is copied to the dead-letter queue with
 * the reason; one whose handling throws goes back to the queue. Neither holds up its neighbours. `remember` keeps the body of
 * one that may never be handled; what is remembered already does not come back, and leaves no dead letter.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const createBatchHandler =
  <Schema extends v.GenericSchema>(
    {
      schema,
      deadLetters,
      telemetry,
      remember,
    }: {
      schema: Schema;
      deadLetters: DeadLetters;
      telemetry: Telemetry;
      remember?: (body: string) => Promise<void>;
    },
    order: "one by one" | "all at once",
    handle: (message: v.InferOutput<Schema>, delivery: Delivery) => Promise<Handled>,
  ) =>
  async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const attempt = async (record: SQSRecord): Promise<boolean> => {
      const receiveCount = Number(record.attributes.ApproximateReceiveCount);
      const isRemembered = record.messageAttributes[rememberedAttribute] !== undefined;
      try {
        const message = understand(schema, record.body);
        if (message.success) {
          return (await handle(message.output, { receiveCount, isRemembered })) === "done";
        }
        telemetry.log.error("message-malformed", { messageId: record.messageId, reason: message.reason });
        telemetry.metrics.add("MessageMalformed", 1);
        if (isRemembered) return true;
        await remember?.(record.body);
        await deadLetters.send(record.body, message.reason);
        return true;
      } catch (error) {
        telemetry.log.error("message-failed", { messageId: record.messageId, ...describeError(error) });
        telemetry.metrics.add("MessageFailed", 1);
        if (!isRemembered && receiveCount >= rememberedAfter) {
          await remember?.(record.body).catch((cause: unknown) =>
            telemetry.log.error("message-not-remembered", { messageId: record.messageId, ...describeError(cause) }),
          );
        }
        return isRemembered;
      }
    };
    const done = new Map<string, boolean>();
    if (order === "one by one") for (const record of event.Records) done.set(record.messageId, await attempt(record));
    else await Promise.all(event.Records.map(async (record) => done.set(record.messageId, await attempt(record))));
    await telemetry.flush();
    const failed = event.Records.filter(({ messageId }) => done.get(messageId) !== true);
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };

/** The reason names the field and what it should be, never what it was. */
const understand = <Schema extends v.GenericSchema>(schema: Schema, body: string) => {
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), body);
  if (!json.success) return { success: false as const, reason: "not JSON" };
  const parsed = v.safeParse(schema, json.output);
  if (parsed.success) return { success: true as const, output: parsed.output };
  const [issue] = parsed.issues;
  return {
    success: false as const,
    reason: `${v.getDotPath(issue) ?? "the message"}: expected ${issue.expected ?? issue.message}`,
  };
};
