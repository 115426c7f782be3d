import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import * as v from "valibot";
import { reserve } from "../runtime/surroundings.ts";
import { describeError, type Telemetry } from "../telemetry/telemetry.ts";
import { flushOrSay } from "../triggers/never-throw.ts";
import type { DeadLetters } from "./queues.ts";

/** What SQS says of the delivery of a message. */
export interface Delivery {
  /** How often the message was received, this time included. */
  receiveCount: number;
  /** Milliseconds until Lambda ends the invocation, and with it the handling of every message of the batch. */
  timeLeft: () => number;
}

/** The message attribute of a message that is remembered elsewhere, and is sent again from there until it is forgotten. */
export const rememberedAttribute = "remembered";

/** From how many deliveries on a message that fails is remembered, before SQS gives it up. */
const rememberedAfter = 10;

/**
 * Whether a message is done with; or goes back to the queue without anything having failed; or can never be handled, for a
 * reason that says nothing of what the message holds.
 */
export type Handled = "done" | "again" | { malformed: string };

/** Keeps messages that the queue may give up, apart from the queue. */
export interface Memory<Message> {
  /** Keeps the body of one that may never be handled. */
  remember: (body: string) => Promise<void>;
  /** Drops one that is done with, whatever came of it. */
  forget: (message: Message) => Promise<void>;
}

type End = "done" | "again" | "failed";

/** The schema of a message: an object with these fields and no others. */
type MessageSchema = v.GenericSchema & { readonly entries: v.ObjectEntries };

/**
 * Handles the messages of a batch each by itself. One that can never be handled is copied to the dead-letter queue with
 * the reason; one whose handling throws goes back to the queue. Neither holds up its neighbours. What cannot be begun in time
 * goes back as well: an invocation that Lambda ends gives back all of its messages, those that are done included. What is
 * remembered does not go back where its handling throws or cannot begin, since it is sent again from there.
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
      if (timeLeft() < reserve) return isRemembered ? "done" : "again";
      try {
        const message = understand(schema, record.body);
        if (!message.success) {
          if (!isRemembered) await memory?.remember(record.body);
          await giveUp(record, message.malformed);
          return "done";
        }
        const handled = await handle(message.output, { receiveCount, timeLeft });
        if (handled === "again") return handled;
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

/** Nothing of the message is in the reason, which goes to the log, to an attribute of a message and to a terminal. */
const understand = <Schema extends MessageSchema>(schema: Schema, body: string) => {
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), body);
  if (!json.success) return { success: false as const, malformed: "not JSON" };
  const parsed = v.safeParse(schema, json.output);
  if (parsed.success) return { success: true as const, output: parsed.output };
  return { success: false as const, malformed: reasonOf(schema, parsed.issues[0]) };
};

const longestReason = 200;

/** Names a field of the schema, never one that the message brings along, and what should be there, never what was. */
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
