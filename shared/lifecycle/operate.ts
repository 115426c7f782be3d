import { emailMfaIsOn } from "../factors.ts";
import type { DirectoryUser } from "../user-directory.ts";
import { askToClose, extendWindow, openWindow, type OperatorAct, type Window } from "../window.ts";
import type { Deps } from "./deps.ts";
import { finishWindow } from "./finish-window.ts";
import { isInScope } from "./scope.ts";

/** Why an operator's wish was refused; nothing was changed. */
export type Refusal =
  | { because: "user-unknown" | "federated" | "no-email" | "out-of-scope" | "observe-mode" | "not-open" | "closing" }
  | { because: "already-open"; window: Window }
  | { because: "past-cap"; window: Window };

export type Operated = { kind: "done"; window: Window } | ({ kind: "refused" } & Refusal);

const refused = (refusal: Refusal): Operated => ({ kind: "refused", ...refusal });

/**
 * Exempts a user from Email MFA: snapshot, table, timer, and only then Email MFA off, read back. Whatever dies in
 * between, the window exists and will be closed. Throws what Cognito, the table or Scheduler threw; Email MFA is then on,
 * or else the window is open.
 */
export const openByOperator = async (
  deps: Deps,
  username: string,
  act: Omit<OperatorAct, "at">,
  gracePeriod: number,
): Promise<Operated> => {
  const { windows, users, timers, policy, clock, telemetry } = deps;
  if (policy.mode === "observe") return refused({ because: "observe-mode" });
  const user = await users.read(username);
  if (user === "gone") return refused({ because: "user-unknown" });
  if (user.federated) return refused({ because: "federated" });
  if (!user.hasEmail) return refused({ because: "no-email" });
  const { open, seen } = await windows.find(user);
  if (open !== undefined) return refused({ because: "already-open", window: open });
  const known = emailMfaIsOn(user.factors) || (seen?.known ?? false);
  if (!(await isInScope(deps, user.username, known))) return refused({ because: "out-of-scope" });

  const now = clock.now();
  const window = openWindow({
    windowId: deps.newId(),
    user,
    origin: "operator",
    at: now,
    gracePeriod,
    policy,
    now,
    openedBy: { at: now, ...act },
  });
  if ((await windows.open(window)) === "exists") return openByOperator(deps, username, act, gracePeriod);
  telemetry.metrics.add("WindowOpened", 1, { name: "origin", value: "operator" });
  telemetry.log.info("window-opened", { sub: window.sub, windowId: window.windowId, origin: "operator", by: act.by });
  try {
    await timers.plan(window);
    if (emailMfaIsOn(user.factors)) await users.setEmailMfa(user.username, { enabled: false, preferred: false });
    const after = await users.read(user.username);
    if (after !== "gone" && emailMfaIsOn(after.factors)) {
      throw new Error("Cognito accepted the change, but the user's Email MFA is still on.");
    }
    return { kind: "done", window };
  } catch (error) {
    await withdraw(deps, window);
    throw error;
  }
};

/** Closes a window that came to nothing, if Email MFA is on; what cannot be found out is left to the window's end. */
const withdraw = async (deps: Deps, window: Window): Promise<void> => {
  const user: DirectoryUser | "gone" = await deps.users.read(window.username);
  if (user !== "gone" && emailMfaIsOn(user.factors)) {
    await finishWindow(deps, window, "already-enabled", { before: user.factors, after: user.factors });
  }
};

/** Moves `dueAt` by `milliseconds`; refuses what would pass the cap. */
export const extendByOperator = (
  deps: Pick<Deps, "windows" | "users" | "timers" | "clock" | "telemetry">,
  username: string,
  milliseconds: number,
  act: Omit<OperatorAct, "at">,
): Promise<Operated> =>
  changeOpenWindow(deps, username, "window-extended", act.by, (window) => {
    if (window.closeAsked !== undefined) return { because: "closing" };
    return extendWindow(window, milliseconds, { at: deps.clock.now(), ...act }) ?? { because: "past-cap", window };
  });

/** Makes the user's window due now; the re-enable follows at once. */
export const closeByOperator = (
  deps: Pick<Deps, "windows" | "users" | "timers" | "clock" | "telemetry">,
  username: string,
  by: string,
): Promise<Operated> =>
  changeOpenWindow(deps, username, "close-asked", by, (window) => askToClose(window, by, deps.clock.now()));

const changeOpenWindow = async (
  deps: Pick<Deps, "windows" | "users" | "timers" | "telemetry">,
  username: string,
  event: string,
  by: string,
  change: (window: Window) => Window | Refusal,
): Promise<Operated> => {
  const user = await deps.users.read(username);
  if (user === "gone") return refused({ because: "user-unknown" });
  for (;;) {
    const { open } = await deps.windows.find(user);
    if (open === undefined) return refused({ because: "not-open" });
    const changed = change(open);
    if ("because" in changed) return refused(changed);
    const written = await deps.windows.update(changed);
    if (written === "conflict") continue;
    deps.telemetry.log.info(event, { sub: written.sub, windowId: written.windowId, by });
    await deps.timers.plan(written);
    return { kind: "done", window: written };
  }
};
