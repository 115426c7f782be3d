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
  /** For the `--stage` option of mfactl. */
  stage: string;
  now: Date;
  alarms: StandingAlarm[];
  windows: Troubled;
  /** A paragraph for each group of open windows that nothing closes. */
  unreached: string[];
  accepted: AcceptedCase[];
  records: FailedRecord[];
  /** One count for each queue, empty ones included. */
  deadLetters: DeadLetterCount[];
}

/**
 * Writes one notice about all open problems; undefined if there are none. Accepted cases alone do not make a notice, because they
 * would make it daily noise. Users are named by `sub`, never by username or address.
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
    `Open problems for the user pool ${userPoolId} on ${minuteOf(now)}. You get this digest once a day until all are solved.`,
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
    `For what to do about each alarm, see docs/runbook.md. For dead letters, run mfactl failures --stage ${stage}`,
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
