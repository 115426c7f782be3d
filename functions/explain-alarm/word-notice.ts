import { formatDuration } from "../../shared/config/duration.ts";
import { failureWords } from "../../shared/telemetry/failure-words.ts";
import type { Window } from "../../shared/windows/window.ts";
import { minuteOf, type Notice, noticeOf } from "./notices.ts";

export interface Trouble {
  alarmName: string;
  /** The alarm's own words; they end with where the runbook tells more. */
  description: string | undefined;
  userPoolId: string;
  /** That mfactl is to be told. */
  stage: string;
  now: Date;
  /** The windows to name, those of most concern first. */
  named: Window[];
  /** How many there are besides. */
  more: number;
  /** Whether nobody counted further than that. */
  uncounted: boolean;
  /** What besides is open and nothing closes, a paragraph for each. */
  unreached: string[];
}

/** Says who is without Email MFA and why, and what to do. Users are named by `sub`, never by username or address. */
export const wordNotice = (trouble: Trouble): Notice => {
  const { alarmName, description, named, more, uncounted, unreached } = trouble;
  const count = named.length + more;
  const users = `${uncounted ? "more than " : ""}${count} user${count === 1 ? "" : "s"}`;
  const subject =
    count > 0
      ? `Email MFA is still off for ${users}`
      : unreached.length > 0
        ? "windows are open that nothing closes"
        : "nobody is overdue any more";
  return noticeOf(`${alarmName}: ${subject}`, [
    ...(count > 0 ? [open(trouble, users)] : unreached.length > 0 ? [] : [healed(trouble)]),
    ...aboutWindows(trouble),
    ...unreached,
    ...(description === undefined ? [] : [description]),
  ]);
};

const healed = ({ userPoolId, stage }: Trouble): string =>
  `By now no window of the user pool ${userPoolId} is overdue or has failed. Nothing is left to do; mfactl show SUB --stage ${stage} tells what happened to a user.`;

const open = ({ userPoolId }: Trouble, users: string): string =>
  `Email MFA should be on again for ${users} of the user pool ${userPoolId}, and is not. Until it is, a password alone signs them in.`;

/** Each of the named, how many there are besides, and how to try all of them. */
export const aboutWindows = (trouble: Pick<Trouble, "named" | "more" | "uncounted" | "now" | "stage">): string[] => {
  const { named, more, uncounted, stage } = trouble;
  return [
    ...named.map((window) => aboutWindow(window, trouble)),
    ...(more > 0 ? [`And ${uncounted ? "more than " : ""}${more} more: mfactl list --overdue --stage ${stage}`] : []),
    ...(named.length + more > 1 ? [`Try all of them now: mfactl retry --all-overdue --stage ${stage}`] : []),
  ];
};

const aboutWindow = (window: Window, { now, stage }: Pick<Trouble, "now" | "stage">): string => {
  const { sub, dueAt, openedAt, lastFailure, attempts } = window;
  const failure = lastFailure && failureWords(lastFailure.error);
  return [
    `user      ${sub}`,
    `since     ${minuteOf(dueAt)} overdue for ${formatDuration(now.getTime() - dueAt.getTime())}, exempt since ${minuteOf(openedAt)}`,
    `error     ${failure ? `${failure.meaning} (${lastFailure.error})` : "none: no try has been made, or none has ended"}`,
    ...(failure ? [`to do     ${failure.toDo}`] : []),
    `next try  ${nextTry(window, now)}, by itself; ${attempts} failed so far`,
    `look      mfactl show ${sub} --stage ${stage}`,
    `try now   mfactl retry ${sub} --stage ${stage}`,
  ].join("\n");
};

const nextTry = ({ nextTryAt }: Window, now: Date): string =>
  nextTryAt === undefined || nextTryAt <= now ? "within 5 minutes" : minuteOf(nextTryAt);
