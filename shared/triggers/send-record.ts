import type middy from "@middy/core";
import * as v from "valibot";
import { cognitoTrigger, type CognitoTrigger } from "../../events/cognito-trigger.ts";
import type { FactKind, FactRecord } from "../../events/record.ts";
import type { RememberRecord } from "../ledgers/failed-record.ts";
import type { Clock } from "../runtime/clock.ts";
import { describeError, type Telemetry } from "../telemetry/telemetry.ts";
import type { RecordsQueue } from "./records-queue.ts";

/** The facts in Cognito's trigger events, by source. All other sources pass through. */
const facts = new Map<string, FactKind>([
  ["CustomMessage_ForgotPassword", "reset-requested"],
  ["PostConfirmation_ConfirmForgotPassword", "reset-confirmed"],
  ["PostAuthentication_Authentication", "signed-in"],
]);

export interface SendRecordOptions {
  records: RecordsQueue;
  clock: Clock;
  newId: () => string;
  telemetry: Telemetry;
  /** Keeps a record that the queue did not take, until the service has looked at its user. */
  remember?: RememberRecord;
  /** Returns whether to record a fact; by default every fact is recorded. */
  worthRecording?: (event: CognitoTrigger) => Promise<boolean>;
}

/**
 * Middleware for a Cognito trigger that puts the event's fact on the RECORDS queue before the handler runs. It never
 * throws: if it cannot record a fact, it keeps the record, logs and counts the failure, and the trigger continues.
 */
export const recordSender = <Event>(options: SendRecordOptions): middy.MiddlewareObj<Event, Event> => ({
  before: ({ event }) => sendRecord(options, event),
});

/** Does the same for one event, for callers without Middy. */
export const sendRecord = async (options: SendRecordOptions, event: unknown): Promise<void> => {
  const { clock, newId, telemetry, worthRecording } = options;
  const kind = facts.get(sourceOf(event));
  if (kind === undefined) return;
  let sub: string | undefined;
  try {
    const trigger = v.parse(cognitoTrigger, event);
    const { userPoolId, userName: username } = trigger;
    const { sub: given } = trigger.request.userAttributes;
    if (typeof given === "string") sub = given;
    if (isFederated(trigger) || (worthRecording && !(await worthRecording(trigger)))) return;
    if (sub === undefined) throw new Error("The event has no sub.");
    await sendOrRemember(options, { version: 1, id: newId(), kind, at: clock.now(), userPoolId, sub, username });
    telemetry.metrics.add("Recorded", 1, { name: "kind", value: kind });
    telemetry.log.info("fact-recorded", { kind, sub, userPoolId });
  } catch (error) {
    const failure = v.isValiError(error)
      ? { error: error.name, detail: "The event lacks what Cognito documents." }
      : describeError(error);
    telemetry.metrics.add("RecordFailed", 1, { name: "reason", value: failure.error });
    telemetry.log.error("record-failed", { kind, sub, ...failure });
  }
};

/** Throws the queue's error even if the record was kept, because a person should know. */
const sendOrRemember = async (
  { records, remember, clock, telemetry }: SendRecordOptions,
  record: FactRecord,
): Promise<void> => {
  try {
    await records.send(record);
  } catch (error) {
    await remember?.(record, clock.now()).catch((cause: unknown) =>
      telemetry.log.error("record-not-remembered", { kind: record.kind, sub: record.sub, ...describeError(cause) }),
    );
    throw error;
  }
};

const source = v.looseObject({ triggerSource: v.string() });

const sourceOf = (event: unknown): string => (v.is(source, event) ? event.triggerSource : "");

/** Another identity provider is in charge of a federated user's MFA. */
const isFederated = ({ request: { userAttributes } }: CognitoTrigger): boolean =>
  userAttributes["cognito:user_status"] === "EXTERNAL_PROVIDER" || "identities" in userAttributes;
