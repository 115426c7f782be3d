import type { Due } from "../../events/due.ts";
import type { Pacer } from "../runtime/pacer.ts";
import { reserve } from "../runtime/surroundings.ts";
import { describeError } from "../telemetry/telemetry.ts";
import { emailMfaIsOn, prefersEmail } from "../users/factors.ts";
import { mayBeThePool, poolFault, requireProvingPool, unchanged } from "../users/pool-mfa.ts";
import { isAccepted } from "../windows/accept-window.ts";
import { closableAt } from "../windows/switching-off.ts";
import { noteFailure, noteGone, secondLookAt } from "../windows/tries.ts";
import type { Outcome, Window } from "../windows/window.ts";
import type { Deps } from "./deps.ts";
import { finishWindow, type OpenRow } from "./finish-window.ts";

/**
 * The result for a due message. `early`: by our clock, the window cannot be closed before `until`. `missing`: there is
 * no such user, and a second look at `until` or later decides. `no-time`: nothing was begun, because the invocation
 * ends too soon.
 */
export type ReEnabled =
  | { kind: "closed"; outcome: Outcome }
  | { kind: "superseded" }
  | { kind: "no-time" }
  | { kind: "early" | "missing"; window: Window; until: Date }
  | { kind: "failed"; window: Window };

type ReEnableDeps = Pick<Deps, "windows" | "users" | "clock" | "telemetry"> & {
  policy: Pick<Deps["policy"], "mode">;
  pacer: Pacer;
  /** Milliseconds until Lambda ends the invocation. */
  timeLeft: () => number;
};

/**
 * Closes the window that the message names, if it may close: switches Email MFA on and reads the user back. Writes any
 * failure of this on the window, which stays open for the next try. Throws if the table cannot be read or written: then
 * the message must be tried again.
 */
export const reEnable = async (deps: ReEnableDeps, due: Due): Promise<ReEnabled> => {
  const found = await findClosable(deps, due);
  if (found.kind !== "closable") return found;
  // The service ends the windows that it began, even if it only observes now.
  const observes = deps.policy.mode === "observe" && found.row.open.origin !== "operator";
  // Wait before reading: the window may be extended, and the user changed, while others have their turns.
  const hasWaited = !observes && (await deps.pacer.turn());
  if (deps.timeLeft() < reserve) return { kind: "no-time" };
  const now = hasWaited ? await findClosable(deps, due) : found;
  if (now.kind !== "closable") return now;
  const ended = await switchOn(deps, now.row.open, observes).catch((error: unknown) => ({
    kind: "failed" as const,
    error,
  }));
  switch (ended.kind) {
    case "failed":
      return keepOpen(deps, now.row.open, ended.error);
    case "missing":
      return lookTwice(deps, now.row);
    case "ended": {
      const closed = await finishWindow(deps, now.row, ended.outcome, ended.evidence);
      return closed === undefined ? { kind: "superseded" } : { kind: "closed", outcome: ended.outcome };
    }
  }
};

/** Returns the row with the window that the message names, if the window may close now. */
const findClosable = async (
  { windows, clock }: ReEnableDeps,
  due: Due,
): Promise<{ kind: "closable"; row: OpenRow } | Extract<ReEnabled, { kind: "superseded" | "early" | "missing" }>> => {
  const row = await windows.findToChange(due, due.windowId);
  const { open } = row;
  if (open === undefined || !isSameTry(open, { ...due, attempts: due.attempt })) return { kind: "superseded" };
  const until = closableAt(open, clock.now());
  return clock.now() < until ? { kind: "early", window: open, until } : { kind: "closable", row: { ...row, open } };
};

/** Cognito answered 200, but Email MFA is off. */
class UnchangedError extends Error {
  override name = unchanged;
}

const switchOn = async ({ users }: ReEnableDeps, window: Window, observes: boolean) => {
  const before = await users.read(window.username);
  if (before === "gone" || before.sub !== window.sub) return { kind: "missing" as const };
  const evidence = { before: before.factors, after: before.factors };
  if (emailMfaIsOn(before.factors)) {
    requireProvingPool(await users.poolMfa());
    return { kind: "ended" as const, outcome: "already-enabled" as const, evidence };
  }
  if (observes) return { kind: "ended" as const, outcome: "observed" as const, evidence };
  const preferred = prefersEmail(window.factorsBefore, before.factors);
  await users.setEmailMfa(window.username, { enabled: true, preferred }).catch(async (error: unknown) => {
    throw await explained(users, error);
  });
  const after = await users.read(window.username);
  if (after === "gone" || after.sub !== window.sub) return { kind: "missing" as const };
  if (!emailMfaIsOn(after.factors)) {
    const failure = new UnchangedError("Cognito accepted the change, but the user's Email MFA is still off.");
    throw await explained(users, failure);
  }
  requireProvingPool(await users.poolMfa());
  return {
    kind: "ended" as const,
    outcome: "re-enabled" as const,
    evidence: { before: before.factors, after: after.factors },
  };
};

/** Returns the failure, or the fault of the pool if that explains the failure and can be read. */
const explained = async ({ poolMfa }: Pick<Deps["users"], "poolMfa">, failure: unknown): Promise<unknown> => {
  const { error } = describeError(failure);
  if (!mayBeThePool(error)) return failure;
  const mfa = await poolMfa().catch(() => undefined);
  return (mfa && poolFault(mfa, error)) ?? failure;
};

/** Closes the window of a user who was already missing some minutes ago. Otherwise notes the first look. */
const lookTwice = async (deps: ReEnableDeps, row: OpenRow): Promise<ReEnabled> => {
  const { windows, clock, telemetry } = deps;
  const window = row.open;
  const second = secondLookAt(window, clock.now());
  if (second !== undefined && clock.now() >= second) {
    const closed = await finishWindow(deps, row, "user-gone");
    return closed === undefined ? { kind: "superseded" } : { kind: "closed", outcome: "user-gone" };
  }
  if (second !== undefined) return { kind: "missing", window, until: second };
  const noted = await windows.update(noteGone(window, clock.now()));
  // The window has changed, and with it perhaps the next step: the next message finds out.
  if (noted === "conflict") return { kind: "missing", window, until: clock.now() };
  telemetry.log.warn("user-missing", { sub: window.sub, windowId: window.windowId });
  return { kind: "missing", window: noted, until: secondLookAt(noted, clock.now()) ?? clock.now() };
};

/** Notes the failure and the time of the next try on the window, which stays open. */
const keepOpen = async (
  { windows, clock, telemetry }: ReEnableDeps,
  window: Window,
  error: unknown,
): Promise<ReEnabled> => {
  const failure = describeError(error);
  // A known case must not keep the alarm on and hide the next one.
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
    current = (await windows.findToChange(window)).open;
  }
  return { kind: "superseded" };
};

type Try = Pick<Window, "windowId" | "dueAt" | "attempts">;

const isSameTry = (one: Try, other: Try): boolean =>
  one.windowId === other.windowId && one.dueAt.getTime() === other.dueAt.getTime() && one.attempts === other.attempts;
