import { day } from "../../shared/config/duration.ts";
import type { RepeatedDrift } from "../../shared/ledgers/repeated-drifts.ts";
import { minuteOf, type Notice, noticeOf } from "./notices.ts";

export interface Drifted {
  alarmName: string;
  /** The alarm's description, which ends with a link to the runbook. */
  description: string | undefined;
  userPoolId: string;
  /** For the `--stage` option of mfactl. */
  stage: string;
  now: Date;
  /** The oldest first. */
  drifts: RepeatedDrift[];
}

const mostNamed = 10;

/** Names the users of the last day who lost Email MFA for the second time within a month. Users are named by `sub`. */
export const wordRepeatedDrifts = ({ alarmName, description, userPoolId, stage, now, drifts }: Drifted): Notice => {
  const latest = drifts.filter(({ at }) => now.getTime() - at.getTime() < day).toReversed();
  const users = `${latest.length} user${latest.length === 1 ? "" : "s"}`;
  const more = latest.length - mostNamed;
  return noticeOf(`${alarmName}: Email MFA was off again for ${users}`, [
    `Within the last day, ${users} of the user pool ${userPoolId} signed in without Email MFA for the second time within a month. No operator opened a window. The users, or someone with their access tokens, are switching Email MFA off. The service switches it on again at once.`,
    ...latest
      .slice(0, mostNamed)
      .map(({ sub, at }) =>
        [`user      ${sub}`, `since     ${minuteOf(at)}`, `look      mfactl show ${sub} --stage ${stage}`].join("\n"),
      ),
    ...(more > 0 ? [`And ${more} more: the log of record-reset lists all of them, message drift-repeated.`] : []),
    ...(description === undefined ? [] : [description]),
  ]);
};
