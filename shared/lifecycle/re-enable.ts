import type { Due } from "../../events/due.ts";
import { isAccepted } from "../accept-window.ts";
import { emailMfaIsOn, prefersEmail } from "../factors.ts";
import type { Pacer } from "../pacer.ts";
import { describeError } from "../telemetry.ts";
import { closableAt, noteFailure, type Outcome, type Window } from "../window.ts";
import type { Deps } from "./deps.ts";
import { finishWindow } from "./finish-window.ts";

/** What became of a due message. `early`: its window cannot be closed by our clock before `until`. */
export type ReEnabled =
  | { kind: "closed"; outcome: Outcome }
  | { kind: "superseded" }
  | { kind: "early"; window: Window; until: Date }
  | { kind: "failed"; window: Window };

type ReEnableDeps = Pick<Deps, "windows" | "users" | "clock" | "telemetry"> & {
  policy: Pick<Deps["policy"], "mode">;
  pacer: Pacer;
};

/**
 * Closes the window that the message names, if it may close: switches Email MFA on and reads the user back. Whatever goes
 * wrong with the user is put on the window, which stays open for the next try. Throws when the table cannot be read or
 * written: then the message is to be tried again.
 */
export const reEnable = async (deps: ReEnableDeps, due: Due): Promise<ReEnabled> => {
  const { open: window } = await deps.windows.find(due);
  if (window === undefined || !isSameTry(window, { ...due, attempts: due.attempt })) return { kind: "superseded" };
  if (deps.clock.now() < closableAt(window)) return { kind: "early", window, until: closableAt(window) };
  const ended = await switchOn(deps, window).catch((error: unknown) => ({ error }));
  if ("error" in ended) return putOff(deps, window, ended.error);
  const closed = await finishWindow(deps, window, ended.outcome, ended.evidence);
  return closed === undefined ? { kind: "superseded" } : { kind: "closed", outcome: ended.outcome };
};

/** Cognito answered 200, and Email MFA is off all the same. */
class UnchangedError extends Error {
  override name = "Unchanged";
}

const switchOn = async ({ users, policy, pacer }: ReEnableDeps, window: Window) => {
  // What the service itself has begun it ends, also when it is to observe by now.
  const observes = policy.mode === "observe" && window.origin !== "operator";
  // Waiting comes first: what is read of the user must still hold when it is acted on.
  if (!observes) await pacer.turn();
  const before = await users.read(window.username);
  if (before === "gone" || before.sub !== window.sub) return { outcome: "user-gone" as const };
  const evidence = { before: before.factors, after: before.factors };
  if (emailMfaIsOn(before.factors)) return { outcome: "already-enabled" as const, evidence };
  if (observes) return { outcome: "observed" as const, evidence };
  const preferred = prefersEmail(window.factorsBefore, before.factors);
  await users.setEmailMfa(window.username, { enabled: true, preferred });
  const after = await users.read(window.username);
  if (after === "gone" || after.sub !== window.sub) return { outcome: "user-gone" as const };
  if (!emailMfaIsOn(after.factors)) {
    throw new UnchangedError("Cognito accepted the change, but the user's Email MFA is still off.");
  }
  return { outcome: "re-enabled" as const, evidence: { before: before.factors, after: after.factors } };
};

const putOff = async (
  { windows, clock, telemetry }: ReEnableDeps,
  window: Window,
  error: unknown,
): Promise<ReEnabled> => {
  const failure = describeError(error);
  // A known case must not keep the alarm standing for the next one.
  const accepted = isAccepted(window.accepted, clock.now());
  if (!accepted) telemetry.metrics.add("ReEnableFailed", 1, { name: "reason", value: failure.error });
  for (let current: Window | undefined = window; current !== undefined && isSameTry(current, window);) {
    const failed = await windows.update(noteFailure(current, failure, clock.now()));
    if (failed !== "conflict") {
      telemetry.log.error("re-enable-failed", {
        sub: failed.sub,
        userPoolId: failed.userPoolId,
        windowId: failed.windowId,
        dueAt: failed.dueAt.toISOString(),
        attempts: failed.attempts,
        accepted,
        nextTryAt: failed.nextTryAt?.toISOString(),
        ...failure,
      });
      return { kind: "failed", window: failed };
    }
    current = (await windows.find(window)).open;
  }
  return { kind: "superseded" };
};

type Try = Pick<Window, "windowId" | "dueAt" | "attempts">;

const isSameTry = (one: Try, other: Try): boolean =>
  one.windowId === other.windowId && one.dueAt.getTime() === other.dueAt.getTime() && one.attempts === other.attempts;
