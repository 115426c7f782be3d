import { formatDuration } from "../../shared/config/duration.ts";
import { failureWords } from "../../shared/telemetry/failure-words.ts";
import type { Window } from "../../shared/windows/window.ts";
import { minuteOf, type Notice, noticeOf } from "./notices.ts";

export interface Trouble {
  alarmName: string;
  /** The alarm's description, which ends with a link to the runbook. */
  description: string | undefined;
  userPoolId: string;
  /** For the `--stage` option of mfactl. */
  stage: string;
  now: Date;
  /** The windows to name, the most important first. */
  named: Window[];
  /** The number of further windows. */
  more: number;
  /** Whether there may be more than were counted. */
  uncounted: boolean;
  /** A paragraph for each group of open windows that nothing closes. */
  unreached: string[];
}

/** Names the users without Email MFA, the reasons and what to do. Users are named by `sub`, never by username or address. */
export const wordNotice = (trouble: Trouble): Notice => {
  const { alarmName, description, named, more, uncounted, unreached } = trouble;
  const count = named.length + more;
  const users = `${uncounted ? "more than " : ""}${count} user${count === 1 ? "" : "s"}`;
  const subject =
    count > 0
      ? `Email MFA is still off for ${users}`
      : unreached.length > 0
        ? "nothing closes some open windows"
        : "no user is overdue any more";
  return noticeOf(`${alarmName}: ${subject}`, [
    ...(count > 0 ? [open(trouble, users)] : unreached.length > 0 ? [] : [healed(trouble)]),
    ...aboutWindows(trouble),
    ...unreached,
    ...(description === undefined ? [] : [description]),
  ]);
};

const healed = ({ userPoolId, stage }: Trouble): string =>
  `No window of the user pool ${userPoolId} is overdue or failing any more. There is nothing left to do. mfactl show SUB --stage ${stage} shows what happened to a user.`;

const open = ({ userPoolId }: Trouble, users: string): string =>
  `Email MFA should be on again for ${users} of the user pool ${userPoolId}, but it is not. Until it is, a password alone signs them in.`;

/** A paragraph for each named window, the number of the others, and the command that retries all of them. */
export const aboutWindows = (trouble: Pick<Trouble, "named" | "more" | "uncounted" | "now" | "stage">): string[] => {
  const { named, more, uncounted, stage } = trouble;
  return [
    ...named.map((window) => aboutWindow(window, trouble)),
    ...(more > 0 ? [`And ${uncounted ? "more than " : ""}${more} more: mfactl list --overdue --stage ${stage}`] : []),
    ...(named.length + more > 1 ? [`To try all of them now: mfactl retry --all-overdue --stage ${stage}`] : []),
  ];
};

const aboutWindow = (window: Window, { now, stage }: Pick<Trouble, "now" | "stage">): string => {
  const { sub, dueAt, openedAt, lastFailure, attempts } = window;
  const failure = lastFailure && failureWords(lastFailure.error);
  return [
    `user      ${sub}`,
    `since     ${minuteOf(dueAt)}, overdue for ${formatDuration(now.getTime() - dueAt.getTime())}, exempt since ${minuteOf(openedAt)}`,
    `error     ${failure ? `${failure.meaning} (${lastFailure.error})` : "none: no try has been made or has finished yet"}`,
    ...(failure ? [`to do     ${failure.toDo}`] : []),
    `next try  ${nextTry(window, now)}, automatic; ${attempts} failed so far`,
    `look      mfactl show ${sub} --stage ${stage}`,
    `try now   mfactl retry ${sub} --stage ${stage}`,
  ].join("\n");
};

const nextTry = ({ nextTryAt }: Window, now: Date): string =>
  nextTryAt === undefined || nextTryAt <= now ? "within 5 minutes" : minuteOf(nextTryAt);
