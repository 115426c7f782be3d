import type { Message } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { due } from "../../events/due.ts";
import { record } from "../../events/record.ts";
import { withoutAddresses } from "../../shared/telemetry/telemetry.ts";
import { plain } from "../terminal/output.ts";

/** The content of a dead letter without personal data: a user is named by `sub`. */
export interface DeadLetter {
  messageId: string | undefined;
  sentAt: Date | undefined;
  /** Why it is a dead letter, if known. */
  reason: string | undefined;
  about: Record<string, unknown>;
}

const json = v.pipe(v.string(), v.parseJson());
const recordBody = v.pipe(json, record);
const dueBody = v.pipe(json, due);
/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html */
const timerBody = v.pipe(json, v.object({ MessageBody: dueBody }));
/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const runBody = v.pipe(
  json,
  v.object({
    timestamp: v.optional(v.string()),
    requestContext: v.object({ condition: v.string() }),
    responsePayload: v.optional(v.object({ errorType: v.optional(v.string()), errorMessage: v.optional(v.string()) })),
  }),
);

const longest = 300;
/** Exceeds `longest` by more than the length of an address, so that no address is cut before it is removed. */
const looked = 1000;

/** Makes untrusted text safe to print: removes email addresses and terminal control characters, and cuts long text. */
const readable = (text: string | undefined): string | undefined => {
  const clean = text === undefined ? undefined : plain(withoutAddresses(text.slice(0, looked)));
  return clean === undefined || clean.length <= longest ? clean : `${clean.slice(0, longest)}…`;
};

/** Reads a message of a dead-letter queue. Accepts any message, malformed ones included. */
export const readDeadLetter = ({ MessageId, Attributes, MessageAttributes, Body }: Message): DeadLetter => {
  const attribute = (name: string) => readable(MessageAttributes?.[name]?.StringValue);
  const sent = Attributes?.SentTimestamp;
  const { reason, ...about } = aboutBody(Body ?? "");
  return {
    messageId: MessageId,
    sentAt: sent === undefined ? undefined : new Date(Number(sent)),
    reason: attribute("reason") ?? attribute("ERROR_MESSAGE") ?? readable(reason),
    about: { ...about, errorCode: attribute("ERROR_CODE"), schedule: attribute("SCHEDULE_ARN") },
  };
};

const aboutBody = (body: string): { reason?: string | undefined; [field: string]: unknown } => {
  const fact = v.safeParse(recordBody, body);
  if (fact.success) return { kind: fact.output.kind, sub: fact.output.sub, at: fact.output.at };
  const nudge = v.safeParse(v.union([dueBody, timerBody]), body);
  if (nudge.success) {
    const { sub, windowId, dueAt } = "MessageBody" in nudge.output ? nudge.output.MessageBody : nudge.output;
    return { kind: "due", sub, windowId, dueAt };
  }
  const run = v.safeParse(runBody, body);
  if (run.success) {
    const { requestContext, responsePayload } = run.output;
    return { kind: "run", reason: responsePayload?.errorMessage ?? requestContext.condition };
  }
  return { kind: "not understood", bytes: Buffer.byteLength(body) };
};
