import { withoutAddresses } from "../telemetry/telemetry.ts";
import { emailMfaIsOn } from "../users/factors.ts";
import { type NoHelp, noHelpTo, type RecoveryWay, recoveryWays } from "../users/password-reset.ts";
import type { DirectoryUser } from "../users/user-directory.ts";
import type { UserKey } from "../users/user-key.ts";
import { askToClose, extendWindow, type Reach, replanWindow, retryWindow } from "../windows/operator-acts.ts";
import { isSameSwitchingOff, mayBeSwitchedOff, switchedOff, switchingOff } from "../windows/switching-off.ts";
import { isDue, mayEndWithEmailMfa, notBefore, openWindow, type OperatorAct, type Window } from "../windows/window.ts";
import type { Deps } from "./deps.ts";
import { finishWindow } from "./finish-window.ts";
import { isInScope, isKnown } from "./scope.ts";

/** Why a command was refused. Nothing was changed. */
export type Refusal =
  | {
      because: "user-unknown" | "federated" | "no-email" | "out-of-scope" | "never-known" | "observe-mode" | "not-open";
    }
  | { because: NoHelp }
  | { because: "already-open" | "closing" | "past-cap" | "not-due"; window: Window };

export type Operated = { kind: "done"; window: Window } | ({ kind: "refused" } & Refusal);

const refused = (refusal: Refusal): Operated => ({ kind: "refused", ...refusal });

/**
 * Exempts a user from Email MFA: snapshot, table, timer, and only then Email MFA off, read back. At every point of
 * failure the window exists and will be closed, and the same operator may try again. Throws the errors of Cognito, the
 * table and Scheduler; Email MFA is then on, or the window is open. Refuses a user if the exemption would not help to
 * reset the password in a pool with these `ways` of recovery (by default those of a pool without the setting).
 */
export const openByOperator = async (
  deps: Deps,
  username: string,
  act: Omit<OperatorAct, "at">,
  gracePeriod: number,
  ways: RecoveryWay[] = recoveryWays(),
): Promise<Operated> => {
  const { windows, users, policy, clock, telemetry } = deps;
  if (policy.mode === "observe") return refused({ because: "observe-mode" });
  const user = await users.read(username);
  if (user === "gone") return refused({ because: "user-unknown" });
  if (user.federated) return refused({ because: "federated" });
  if (!user.hasEmail) return refused({ because: "no-email" });
  const found = await windows.findToChange(user);
  const { open } = found;
  if (open !== undefined) {
    if (!isHalfDone(open, act, clock.now()) || !emailMfaIsOn(user.factors)) {
      return refused({ because: "already-open", window: open });
    }
  }
  const noHelp = noHelpTo(user, ways);
  if (noHelp !== undefined) return refused({ because: noHelp });
  if (open !== undefined) {
    audit(deps, "window-resumed", open, act);
    return (await exempt(deps, open)) ?? openByOperator(deps, username, act, gracePeriod, ways);
  }
  const known = isKnown(user, found);
  if (!(await isInScope(deps, user.username, known))) return refused({ because: "out-of-scope" });
  if (!mayEndWithEmailMfa({ known }, policy)) return refused({ because: "never-known" });

  const now = notBefore(found.lastClosed?.closedAt ?? found.earlierClosedAt, clock.now());
  const opening = openWindow({
    windowId: deps.newId(),
    user,
    origin: "operator",
    at: now,
    gracePeriod,
    policy,
    now,
    openedBy: { at: now, ...act },
  });
  const window = await windows.open(opening, found, known);
  if (window === "conflict") return openByOperator(deps, username, act, gracePeriod, ways);
  telemetry.metrics.add("WindowOpened", 1, { name: "origin", value: "operator" });
  audit(deps, "window-opened", window, act);
  return (await exempt(deps, window)) ?? openByOperator(deps, username, act, gracePeriod, ways);
};

/** Returns whether the operator's own earlier try may have failed. A window that is due is being closed in any case. */
const isHalfDone = (open: Window, { by }: Pick<OperatorAct, "by">, now: Date): boolean =>
  open.openedBy?.by === by && open.closeAsked === undefined && !isDue(open, now);

/**
 * Makes the timer, switches Email MFA off and reads it back, with a mark on the window before and after: Cognito has no
 * conditional write, and no close may rely on an earlier read of the user. Returns undefined if the window or the user
 * has changed meanwhile. Then the caller must read everything again, because a slow call may have switched off what the
 * window's end had switched on.
 */
const exempt = async (deps: Deps, window: Window): Promise<Operated | undefined> => {
  const { windows, users, timers, clock } = deps;
  try {
    await timers.plan(window);
  } catch (error) {
    await withdraw(deps, window);
    throw error;
  }
  const before = await users.read(window.username);
  if (!isUserOf(window, before)) return undefined;
  const marked = await windows.update(switchingOff(window, clock.now()));
  if (marked === "conflict") return undefined;
  const set = emailMfaIsOn(before.factors)
    ? await users.setEmailMfa(window.username, { enabled: false, preferred: false })
    : { attempts: 0 };
  // An attempt without an answer may still take effect: then the window keeps its mark.
  const mayComeLate = set !== "gone" && set.attempts > 1;
  const after = await users.read(window.username);
  if (!isUserOf(window, after)) return undefined;
  if (emailMfaIsOn(after.factors)) {
    throw new Error("Cognito accepted the change, but the user's Email MFA is still on.");
  }
  for (let current: Window | undefined = marked; current?.windowId === window.windowId;) {
    // Another operator who has asked since then is also switching off, and will write the mark.
    if (!isSameSwitchingOff(current, marked)) return { kind: "done", window: current };
    const written = await windows.update(switchedOff(current, mayComeLate ? undefined : clock.now()));
    if (written !== "conflict") return { kind: "done", window: written };
    current = (await windows.findToChange(window)).open;
  }
  return undefined;
};

const isUserOf = (window: Window, user: DirectoryUser | "gone"): user is DirectoryUser =>
  user !== "gone" && user.sub === window.sub;

/**
 * Closes a window whose opening failed, if Email MFA is on. Does not if an earlier try may have called Cognito: a call
 * that failed may take effect when the window is gone. Does not in a pool whose MFA is off either, because no list
 * proves anything there.
 */
const withdraw = async (deps: Deps, window: Window): Promise<void> => {
  if (mayBeSwitchedOff(window, deps.clock.now())) return;
  const user = await deps.users.read(window.username);
  if (!isUserOf(window, user) || !emailMfaIsOn(user.factors)) return;
  if ((await deps.users.poolMfa()) === "OFF") return;
  const row = await deps.windows.findToChange(window);
  if (row.open?.windowId !== window.windowId) return;
  const evidence = { before: user.factors, after: user.factors };
  await finishWindow(deps, { ...row, open: row.open }, "already-enabled", evidence);
};

/** The dependencies of an act on an open window. */
export type ChangeDeps = Pick<Deps, "windows" | "timers" | "clock" | "telemetry">;

/** Moves `dueAt` by `milliseconds`. Refuses an extension past the cap. */
export const extendByOperator = (
  deps: ChangeDeps,
  user: UserKey,
  milliseconds: number,
  act: Omit<OperatorAct, "at">,
): Promise<Operated> => {
  const at = deps.clock.now();
  return changeOpenWindow(deps, user, "window-extended", act, (window) => {
    // The table accepted the write, and the answer was lost.
    if (window.changes.some((change) => change.by === act.by && change.at.getTime() === at.getTime())) return window;
    if (window.closeAsked !== undefined) return { because: "closing", window };
    return extendWindow(window, milliseconds, { at, ...act }) ?? { because: "past-cap", window };
  });
};

/** Makes the user's window due now; the re-enable follows at once. */
export const closeByOperator = (deps: ChangeDeps, user: UserKey, act: Omit<OperatorAct, "at">): Promise<Operated> =>
  changeOpenWindow(deps, user, "close-asked", act, (window) => askToClose(window, { at: deps.clock.now(), ...act }));

/** Starts the re-enable of a window that is due now, instead of at its next try. */
export const retryByOperator = (deps: ChangeDeps, user: UserKey, act: Omit<OperatorAct, "at">): Promise<Operated> =>
  changeOpenWindow(deps, user, "retry-asked", act, (window) => {
    const now = deps.clock.now();
    return isDue(window, now) ? retryWindow(window, { at: now, ...act }) : { because: "not-due", window };
  });

/** Changes the grace period of the user's window. Leaves a window alone that this does not change. */
export const replanByOperator = (
  deps: ChangeDeps,
  user: UserKey,
  replan: { gracePeriod: number; reach: Reach },
  act: Omit<OperatorAct, "at">,
): Promise<Operated> =>
  changeOpenWindow(deps, user, "window-replanned", act, (window) =>
    replanWindow(window, replan.gracePeriod, replan.reach, { at: deps.clock.now(), ...act }),
  );

type Audited = Omit<OperatorAct, "at"> & { until?: Date };

/**
 * Writes what `change` makes of the user's open window, and records the act in the audit log as `event`. Refuses what
 * `change` refuses.
 */
export const changeOpenWindow = async (
  deps: ChangeDeps,
  user: UserKey,
  event: string,
  act: Audited,
  change: (window: Window) => Window | Refusal,
): Promise<Operated> => {
  for (let tries = 0; ; tries += 1) {
    const { open } = await deps.windows.findToChange(user);
    if (open === undefined) return refused({ because: "not-open" });
    const changed = change(open);
    if ("because" in changed) return refused(changed);
    if (changed === open && tries === 0) return { kind: "done", window: open };
    const written = changed === open ? open : await deps.windows.update(changed);
    if (written === "conflict") continue;
    audit(deps, event, written, act);
    await deps.timers.plan(written);
    return { kind: "done", window: written };
  }
};

const audit = (
  { telemetry }: Pick<Deps, "telemetry">,
  event: string,
  { sub, windowId, dueAt }: Window,
  { by, reason, ticket, until }: Audited,
): void => {
  telemetry.log.info(event, {
    sub,
    windowId,
    dueAt: dueAt.toISOString(),
    until: until?.toISOString(),
    by,
    reason: reason && withoutAddresses(reason),
    ticket: ticket && withoutAddresses(ticket),
  });
};
