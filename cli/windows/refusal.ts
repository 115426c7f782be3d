import { formatDuration } from "../../shared/config/duration.ts";
import type { Refusal } from "../../shared/lifecycle/operate.ts";
import type { Window } from "../../shared/windows/window.ts";
import { Failure } from "../exit/failure.ts";
import type { Connection } from "../stack/connection.ts";
import { instant, plain } from "../terminal/output.ts";
import { noHelpWords } from "./no-help.ts";
import { openWindowView } from "./window-view.ts";

/** Explains a refusal of the lifecycle and what to do instead. A refused act has changed nothing. */
export const refusal = (
  refused: Refusal,
  user: string,
  { policy, clock }: Pick<Connection, "policy" | "clock">,
): Failure => {
  const now = clock.now();
  const about = (window: Window) => ({ window: openWindowView(window, policy, now) });
  switch (refused.because) {
    case "user-unknown":
      return new Failure(refused.because, `${user} no longer exists.`, "There is nothing to do.");
    case "federated":
      return new Failure(
        refused.because,
        `${user} signs in through another identity provider, which manages the password and MFA.`,
        "Reset the password there.",
      );
    case "no-email":
      return new Failure(
        refused.because,
        `${user} has no email address, so Cognito can send neither a sign-in code nor a reset mail.`,
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
          : "The service has never seen this user with Email MFA on. Switch it on, or change scope in config/<stage>.yml.",
      );
    case "never-known":
      return new Failure(
        refused.because,
        `${user} has no Email MFA, and the service has never seen it on. There is nothing to exempt the user from.`,
        "“Forgot password” already works for this user. If the user should have Email MFA, switch it on (aws cognito-idp admin-set-user-mfa-preference), or set enrol: true in config/<stage>.yml and deploy.",
      );
    case "observe-mode":
      return new Failure(
        refused.because,
        "The service only observes, so it would not switch Email MFA on again.",
        "Set mode: enforce in config/<stage>.yml and deploy.",
      );
    case "not-open":
      return new Failure(
        refused.because,
        `${user} has no open window.`,
        `mfactl show ${user} shows the current state.`,
      );
    case "already-open": {
      const { openedAt, dueAt, openedBy, origin } = refused.window;
      return new Failure(
        refused.because,
        `${user} already has an open window: since ${instant(openedAt)} by ${openedBy?.by ?? origin}, due ${instant(dueAt)}${openedBy?.reason === undefined ? "" : `, “${plain(openedBy.reason)}”`}.`,
        `mfactl extend ${user} --by 2h gives the user more time. mfactl close ${user} ends the window.`,
        about(refused.window),
      );
    }
    case "closing":
      return new Failure(
        refused.because,
        `The window of ${user} is already closing, at the request of ${refused.window.closeAsked?.by ?? "an operator"}.`,
        "Wait until it has closed, then open another.",
        about(refused.window),
      );
    case "past-cap": {
      const { dueAt, cap } = refused.window;
      const room = cap.getTime() - dueAt.getTime();
      return new Failure(
        refused.because,
        `The window of ${user} is due ${instant(dueAt)} and cannot exceed its cap, ${instant(cap)}.`,
        room > 0 ? `Extend it by ${formatDuration(room)} at most.` : "Close it, and open another if necessary.",
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
