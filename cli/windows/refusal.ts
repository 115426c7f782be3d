import { formatDuration } from "../../shared/config/duration.ts";
import type { Refusal } from "../../shared/lifecycle/operate.ts";
import type { Window } from "../../shared/windows/window.ts";
import { Failure } from "../exit/failure.ts";
import type { Connection } from "../stack/connection.ts";
import { instant, plain } from "../terminal/output.ts";
import { noHelpWords } from "./no-help.ts";
import { openWindowView } from "./window-view.ts";

type RefusalOfWindow = Extract<Refusal, { window: Window }>;

interface Words {
  message: string;
  next: string;
}

/** Explains a refusal of the lifecycle and what to do instead. A refused act has changed nothing. */
export const refusal = (
  refused: Refusal,
  user: string,
  { policy, clock }: Pick<Connection, "policy" | "clock">,
): Failure => {
  if (!("window" in refused)) {
    const { message, next } = userWords(refused.because, user, policy.scope);
    return new Failure(refused.because, message, next);
  }
  const { message, next } = windowWords(refused, user);
  return new Failure(refused.because, message, next, { window: openWindowView(refused.window, policy, clock.now()) });
};

/** What is wrong with the user, or with the policy for this user. */
const userWords = (
  because: Exclude<Refusal, RefusalOfWindow>["because"],
  user: string,
  scope: Connection["policy"]["scope"],
): Words => {
  switch (because) {
    case "user-unknown":
      return { message: `${user} no longer exists.`, next: "There is nothing to do." };
    case "federated":
      return {
        message: `${user} signs in through another identity provider, which manages the password and MFA.`,
        next: "Reset the password there.",
      };
    case "no-email":
      return {
        message: `${user} has no email address, so Cognito can send neither a sign-in code nor a reset mail.`,
        next: "Give the user an address (aws cognito-idp admin-update-user-attributes), or set a temporary password.",
      };
    case "user-disabled":
    case "password-not-chosen":
    case "user-unconfirmed":
    case "email-unverified":
    case "recovery-by-administrator":
    case "recovery-without-email":
    case "not-needed":
      return noHelpWords(because, user);
    case "out-of-scope":
      return {
        message: `The policy does not cover ${user}: its scope is ${scopeOf(scope)}.`,
        next:
          scope.kind === "group"
            ? "Add the user to the group, or change scope in config/<stage>.yml."
            : "The service has never seen this user with Email MFA on. Switch it on, or change scope in config/<stage>.yml.",
      };
    case "never-known":
      return {
        message: `${user} has no Email MFA, and the service has never seen it on. There is nothing to exempt the user from.`,
        next: "“Forgot password” already works for this user. If the user should have Email MFA, switch it on (aws cognito-idp admin-set-user-mfa-preference), or set enrol: true in config/<stage>.yml and deploy.",
      };
    case "observe-mode":
      return {
        message: "The service only observes, so it would not switch Email MFA on again.",
        next: "Set mode: enforce in config/<stage>.yml and deploy.",
      };
    case "not-open":
      return { message: `${user} has no open window.`, next: `mfactl show ${user} shows the current state.` };
  }
};

/** Why the user's open window does not allow the act. */
const windowWords = ({ because, window }: RefusalOfWindow, user: string): Words => {
  const { openedAt, dueAt, cap, openedBy, origin, closeAsked } = window;
  switch (because) {
    case "already-open":
      return {
        message: `${user} already has an open window: since ${instant(openedAt)} by ${openedBy?.by ?? origin}, due ${instant(dueAt)}${openedBy?.reason === undefined ? "" : `, “${plain(openedBy.reason)}”`}.`,
        next: `mfactl extend ${user} --by 2h gives the user more time. mfactl close ${user} ends the window.`,
      };
    case "closing":
      return {
        message: `The window of ${user} is already closing, at the request of ${closeAsked?.by ?? "an operator"}.`,
        next: "Wait until it has closed, then open another.",
      };
    case "past-cap": {
      const room = cap.getTime() - dueAt.getTime();
      return {
        message: `The window of ${user} is due ${instant(dueAt)} and cannot exceed its cap, ${instant(cap)}.`,
        next: room > 0 ? `Extend it by ${formatDuration(room)} at most.` : "Close it, and open another if necessary.",
      };
    }
    case "not-due":
      return {
        message: `The window of ${user} is not due until ${instant(dueAt)}.`,
        next: `mfactl close ${user} ends it now.`,
      };
  }
};

const scopeOf = (scope: Connection["policy"]["scope"]): string =>
  scope.kind === "group" ? `the group ${scope.group}` : scope.kind;
