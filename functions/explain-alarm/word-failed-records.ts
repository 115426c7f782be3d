import type { FailedRecord } from "../../shared/ledgers/failed-records.ts";
import { minuteOf, type Notice, noticeOf } from "./notices.ts";

export interface NotHandled {
  alarmName: string;
  /** The alarm's own words; they end with where the runbook tells more. */
  description: string | undefined;
  userPoolId: string;
  /** That mfactl takes. */
  stage: string;
  /** As many as were counted, in any order. */
  records: FailedRecord[];
  /** Whether there may be more than were counted. */
  uncounted: boolean;
}

const mostNamed = 10;

/** Says of whom a reset or a sign-in was not recorded, and what to do. Users are named by `sub`, never by username or address. */
export const wordFailedRecords = ({ alarmName, description, records, uncounted, ...where }: NotHandled): Notice => {
  const count = `${uncounted ? "more than " : ""}${records.length} record${records.length === 1 ? "" : "s"}`;
  const subject = records.length === 0 ? "every record is handled by now" : `${count} not handled`;
  return noticeOf(`${alarmName}: ${subject}`, [
    records.length === 0
      ? `By now every record of the user pool ${where.userPoolId} is handled. Nothing is left to do.`
      : `Of the user pool ${where.userPoolId}, ${count} of resets and sign-ins could not be handled. Until they are, nobody knows whether their users have Email MFA. They are sent again every 5 minutes.`,
    ...aboutRecords(records, where.stage),
    ...(description === undefined ? [] : [description]),
  ]);
};

/** The oldest by `sub`, and how many there are besides. */
export const aboutRecords = (records: FailedRecord[], stage: string): string[] => {
  const oldestFirst = records.toSorted((one, other) => one.at.getTime() - other.at.getTime());
  const more = records.length - mostNamed;
  return [
    ...oldestFirst
      .slice(0, mostNamed)
      .map(({ sub, kind, at }) =>
        [
          `user      ${sub}`,
          `record    ${kind}, ${minuteOf(at)}`,
          `look      mfactl show ${sub} --stage ${stage}`,
          `end now   mfactl close ${sub} --stage ${stage}, if a window is open`,
        ].join("\n"),
      ),
    ...(more > 0 ? [`And ${more} more.`] : []),
  ];
};
