import type { FailedRecord } from "../../shared/ledgers/failed-records.ts";
import { minuteOf, type Notice, noticeOf } from "./notices.ts";

export interface NotHandled {
  alarmName: string;
  /** The alarm's description, which ends with a link to the runbook. */
  description: string | undefined;
  userPoolId: string;
  /** For the `--stage` option of mfactl. */
  stage: string;
  /** All that were counted, in any order. */
  records: FailedRecord[];
  /** Whether there may be more than were counted. */
  uncounted: boolean;
}

const mostNamed = 10;

/** Names the users whose reset or sign-in was not recorded, and what to do. Users are named by `sub`, never by username or address. */
export const wordFailedRecords = ({ alarmName, description, records, uncounted, ...where }: NotHandled): Notice => {
  const count = `${uncounted ? "more than " : ""}${records.length} record${records.length === 1 ? "" : "s"}`;
  const subject = records.length === 0 ? "all records are handled now" : `${count} not handled`;
  return noticeOf(`${alarmName}: ${subject}`, [
    records.length === 0
      ? `All records of the user pool ${where.userPoolId} are handled now. There is nothing left to do.`
      : `The service could not handle ${count} of resets and sign-ins in the user pool ${where.userPoolId}. Until it does, the users may be without Email MFA and without a window. The service sends these records again every 5 minutes.`,
    ...aboutRecords(records, where.stage),
    ...(description === undefined ? [] : [description]),
  ]);
};

/** Paragraphs about the oldest records, with their users' `sub`, and the number of the others. */
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
