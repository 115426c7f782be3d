import type { AcceptedCase } from "../../shared/ledgers/accepted-windows.ts";
import type { FailedRecord } from "../../shared/ledgers/failed-records.ts";
import { withoutAddresses } from "../../shared/telemetry/telemetry.ts";
import { acceptedUntil } from "../../shared/windows/accept-window.ts";
import { minuteOf, type Notice, noticeOf } from "./notices.ts";
import type { DeadLetterCount, StandingAlarm } from "./standing.ts";
import type { Troubled } from "./troubled-windows.ts";
import { aboutRecords } from "./word-failed-records.ts";
import { aboutWindows } from "./word-notice.ts";

export interface Digest {
  service: string;
  userPoolId: string;
  /** That mfactl takes. */
  stage: string;
  now: Date;
  alarms: StandingAlarm[];
  windows: Troubled;
  /** What besides is open and nothing closes, a paragraph for each. */
  unreached: string[];
  accepted: AcceptedCase[];
  records: FailedRecord[];
  /** Of every queue, empty ones too. */
  deadLetters: DeadLetterCount[];
}

/**
 * What stands, in one notice; undefined where nothing does. Accepted cases alone are no reason for one: they would make it
 * daily noise. Users are named by `sub`, never by username or address.
 */
export const wordDigest = (digest: Digest): Notice | undefined => {
  const { service, userPoolId, stage, now, alarms, windows, unreached, accepted, records, deadLetters } = digest;
  const letters = deadLetters.filter(({ messages }) => messages > 0);
  const users = windows.named.length + windows.more;
  const standing = [
    ...counted(alarms.length, "alarm", "alarms"),
    ...counted(users, "user past due", "users past due"),
    ...(unreached.length === 0 ? [] : ["windows that nothing closes"]),
    ...counted(records.length, "record not handled", "records not handled"),
    ...counted(
      letters.reduce((total, { messages }) => total + messages, 0),
      "dead letter",
      "dead letters",
    ),
  ];
  if (standing.length === 0) return undefined;
  return noticeOf(`${service} daily digest: ${standing.join(", ")}`, [
    `What stands for the user pool ${userPoolId} on ${minuteOf(now)}. This comes once a day until nothing does.`,
    ...section(
      "Alarms",
      alarms.map(({ name, since }) => `${name}${since === undefined ? "" : `, since ${minuteOf(since)}`}`),
    ),
    ...(users === 0 ? [] : ["USERS WITHOUT EMAIL MFA PAST DUE", ...aboutWindows({ ...windows, now, stage })]),
    ...(unreached.length === 0 ? [] : ["WINDOWS THAT NOTHING CLOSES", ...unreached]),
    ...(records.length === 0 ? [] : ["RECORDS NOT HANDLED", ...aboutRecords(records, stage)]),
    ...section(
      "Dead letters",
      letters.map(({ queue, messages }) => `${queue}: ${messages}`),
    ),
    ...section("Accepted cases, not counted above", accepted.map(aboutCase)),
    `What to do about each alarm: docs/runbook.md. Dead letters: mfactl failures --stage ${stage}`,
  ]);
};

const counted = (count: number, one: string, several: string): string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];

const section = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [`${title.toUpperCase()}\n${lines.join("\n")}`];

const aboutCase = (accepted: AcceptedCase): string => {
  const { sub, by, reason, ticket } = accepted;
  const why = [reason, ticket].filter((part) => part !== undefined).map(withoutAddresses);
  return `${sub} until ${minuteOf(acceptedUntil(accepted))}, by ${withoutAddresses(by)}: ${why.join(" · ")}`;
};
