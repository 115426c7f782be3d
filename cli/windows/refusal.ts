import { formatDuration } from "../../shared/config/duration.ts";
import type { Refusal } from "../../shared/lifecycle/operate.ts";
import type { Window } from "../../shared/windows/window.ts";
import { Failure } from "../failure.ts";
import type { Connection } from "../stack/connection.ts";
import { instant, plain } from "../terminal/output.ts";
import { noHelpWords } from "./no-help.ts";
import { openWindowView } from "./window-view.ts";

/** What the lifecycle refused, in words, with the way out. Nothing was changed. */
export const refusal = (
  refused: Refusal,
  user: string,
  { policy, clock }: Pick<Connection, "policy" | "clock">,
): Failure => {
  const now = clock.now();
  const about = (window: Window) => ({ window: openWindowView(window, policy, now) });
  switch (refused.because) {
    case "user-unknown":
      return new Failure(refused.because, `${user} does not exist any more.`, "Nothing is to be done.");
    case "federated":
      return new Failure(
        refused.because,
        `${user} signs in through another identity provider, which is in charge of the password and of MFA.`,
        "Have the password reset there.",
      );
    case "no-email":
      return new Failure(
        refused.because,
        `${user} has no email address, so neither a code nor a reset mail could be sent.`,
        "Give the user an address (aws cognito-idp admin-update-user-attributes), or set a temporary password.",
      );
    case "user-disabled":
    case "password-not-chosen":
    case "user-unconfirmed":
    case "email-unverified":
    case "recovery-by-administrator":
    case "recovery-without-email":
    case "not-needed": {
      const { message, next } = noHelpWords(refused.because, user);
      return new Failure(refused.because, message, next);
    }
    case "out-of-scope":
      return new Failure(
        refused.because,
        `The policy does not cover ${user}: its scope is ${scopeOf(policy.scope)}.`,
        policy.scope.kind === "group"
          ? "Add the user to the group, or change scope in config/<stage>.yml."
          : "Email MFA was never seen on for this user. Switch it on, or change scope in config/<stage>.yml.",
      );
    case "never-known":
      return new Failure(
        refused.because,
        `${user} has no Email MFA, and was never seen with it: there is nothing to be exempted from.`,
        "“Forgot password” works for this user as it is. If the user should have Email MFA, switch it on (aws cognito-idp admin-set-user-mfa-preference), or set enrol: true in config/<stage>.yml and deploy.",
      );
    case "observe-mode":
      return new Failure(
        refused.because,
        "The service only observes: nothing would switch Email MFA on again.",
        "Set mode: enforce in config/<stage>.yml and deploy.",
      );
    case "not-open":
      return new Failure(refused.because, `${user} has no open window.`, `mfactl show ${user} shows how things stand.`);
    case "already-open": {
      const { openedAt, dueAt, openedBy, origin } = refused.window;
      return new Failure(
        refused.because,
        `${user} has an open window already: since ${instant(openedAt)} by ${openedBy?.by ?? origin}, due ${instant(dueAt)}${openedBy?.reason === undefined ? "" : `, “${plain(openedBy.reason)}”`}.`,
        `mfactl extend ${user} --by 2h gives more time, mfactl close ${user} ends it.`,
        about(refused.window),
      );
    }
    case "closing":
      return new Failure(
        refused.because,
        `The window of ${user} was told to close by ${refused.window.closeAsked?.by ?? "somebody"}.`,
        "Wait until it is closed, then open another.",
        about(refused.window),
      );
    case "past-cap": {
      const { dueAt, cap } = refused.window;
      const room = cap.getTime() - dueAt.getTime();
      return new Failure(
        refused.because,
        `The window of ${user} is due ${instant(dueAt)} and must not go past its cap, ${instant(cap)}.`,
        room > 0 ? `It can be extended by ${formatDuration(room)} at most.` : "Close it, and open another if need be.",
        about(refused.window),
      );
    }
    case "not-due":
      return new Failure(
        refused.because,
        `The window of ${user} is not due until ${instant(refused.window.dueAt)}.`,
        `mfactl close ${user} ends it now.`,
        about(refused.window),
      );
  }
};

const scopeOf = (scope: Connection["policy"]["scope"]): string =>
  scope.kind === "group" ? `the group ${scope.group}` : scope.kind;
