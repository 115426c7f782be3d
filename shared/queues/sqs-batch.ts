import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import * as v from "valibot";
import { reserve } from "../runtime/surroundings.ts";
import { describeError, type Telemetry } from "../telemetry/telemetry.ts";
import { flushOrSay } from "../triggers/never-throw.ts";
import type { DeadLetters } from "./queues.ts";

/** The delivery of a message. */
export interface Delivery {
  /** How often the message was received, including this time. */
  receiveCount: number;
  /**
   * Returns the milliseconds until Lambda ends the invocation, and with it the handling of every message of the batch.
   */
  timeLeft: () => number;
}

/** The attribute of a message that a ledger holds, and that is sent again from there until its entry is removed. */
export const rememberedAttribute = "remembered";

/** A message that fails at this delivery, or a later one, goes into the ledger before SQS gives it up. */
const rememberedAfter = 10;

/**
 * The result for a message: done; back to the queue without a failure; no time left to handle it, as if it had not begun; or
 * never to be handled, for a reason that repeats nothing of the message.
 */
export type Handled = "done" | "again" | "no-time" | { malformed: string };

/** Keeps messages outside the queue that the queue may give up. */
export interface Memory<Message> {
  /** Keeps the body of a message that may never be handled. */
  remember: (body: string) => Promise<void>;
  /** Removes a message that is done with, for any reason. */
  forget: (message: Message) => Promise<void>;
}

type End = "done" | "again" | "failed";

/** The schema of a message: an object with these fields and no others. */
type MessageSchema = v.GenericSchema & { readonly entries: v.ObjectEntries };

/**
 * Handles each message of a batch separately. A message that can never be handled is copied to the dead-letter queue
 * with the reason. A message whose handling throws goes back to the queue. Neither delays the others. Messages that
 * cannot begin in time go back as well, because an invocation that Lambda ends returns all of its messages, including
 * those that are done. A message that a ledger holds does not go back if its handling throws or cannot begin, because
 * it is sent again from there.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const createBatchHandler =
  <Schema extends MessageSchema>(
    {
      schema,
      deadLetters,
      telemetry,
      memory,
    }: { schema: Schema; deadLetters: DeadLetters; telemetry: Telemetry; memory?: Memory<v.InferOutput<Schema>> },
    order: "one by one" | "all at once",
    handle: (message: v.InferOutput<Schema>, delivery: Delivery) => Promise<Handled>,
  ) =>
  async (event: SQSEvent, context: Pick<Context, "getRemainingTimeInMillis">): Promise<SQSBatchResponse> => {
    const timeLeft = () => context.getRemainingTimeInMillis();
    const giveUp = async ({ messageId, body }: SQSRecord, malformed: string): Promise<void> => {
      telemetry.log.error("message-malformed", { messageId, reason: malformed });
      telemetry.metrics.add("MessageMalformed", 1);
      await deadLetters.send(body, malformed);
    };
    const attempt = async (record: SQSRecord): Promise<End> => {
      const receiveCount = Number(record.attributes.ApproximateReceiveCount);
      const isRemembered = record.messageAttributes[rememberedAttribute] !== undefined;
      const withoutTime = isRemembered ? "done" : "again";
      if (timeLeft() < reserve) return withoutTime;
      try {
        const message = understand(schema, record.body);
        if (!message.success) {
          if (!isRemembered) await memory?.remember(record.body);
          await giveUp(record, message.malformed);
          return "done";
        }
        const handled = await handle(message.output, { receiveCount, timeLeft });
        if (handled === "again") return handled;
        if (handled === "no-time") return withoutTime;
        if (handled !== "done") await giveUp(record, handled.malformed);
        if (isRemembered) await memory?.forget(message.output);
        return "done";
      } catch (error) {
        telemetry.log.error("message-failed", { messageId: record.messageId, ...describeError(error) });
        telemetry.metrics.add("MessageFailed", 1);
        if (!isRemembered && receiveCount >= rememberedAfter) {
          await memory
            ?.remember(record.body)
            .catch((cause: unknown) =>
              telemetry.log.error("message-not-remembered", { messageId: record.messageId, ...describeError(cause) }),
            );
        }
        return isRemembered ? "done" : "failed";
      }
    };
    const ends = new Map<string, End>();
    if (order === "one by one") for (const record of event.Records) ends.set(record.messageId, await attempt(record));
    else await Promise.all(event.Records.map(async (record) => ends.set(record.messageId, await attempt(record))));
    const givenBack = [...ends.values()].filter((end) => end === "again").length;
    if (givenBack > 0) telemetry.log.info("messages-given-back", { messages: givenBack });
    await flushOrSay(telemetry);
    const left = event.Records.filter(({ messageId }) => ends.get(messageId) !== "done");
    return { batchItemFailures: left.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };

/**
 * Returns a reason that repeats nothing of the message, because it goes to the log, to a message attribute and to a
 * terminal.
 */
const understand = <Schema extends MessageSchema>(schema: Schema, body: string) => {
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), body);
  if (!json.success) return { success: false as const, malformed: "not JSON" };
  const parsed = v.safeParse(schema, json.output);
  if (parsed.success) return { success: true as const, output: parsed.output };
  return { success: false as const, malformed: reasonOf(schema, parsed.issues[0]) };
};

const longestReason = 200;

/** Names a field of the schema, never one that the message adds, and the expected value, never the actual one. */
const reasonOf = ({ entries }: MessageSchema, { path, expected, message }: v.BaseIssue<unknown>): string => {
  const field = path?.[0].key;
  const reason =
    field === undefined
      ? `the message: expected ${expected ?? message}`
      : typeof field === "string" && Object.hasOwn(entries, field)
        ? `${field}: expected ${expected ?? message}`
        : `the message: expected no fields but ${Object.keys(entries).join(", ")}`;
  return reason.replace(/[^ -~]/g, "?").slice(0, longestReason);
};
