import { minute } from "../config/duration.ts";
import type { Deps } from "../lifecycle/deps.ts";
import { openByOperator } from "../lifecycle/operate.ts";
import { plus } from "../runtime/instants.ts";
import { describeError } from "../telemetry/telemetry.ts";
import { emailMfaIsOn } from "../users/factors.ts";
import type { DirectoryUser } from "../users/user-directory.ts";
import type { ClosedWindow, Window } from "../windows/window.ts";
import type { DrillUser, DrillUsers } from "./drill-user.ts";

/** Long enough to use EventBridge Scheduler: a window due within two minutes goes to the queue directly. */
export const drillWindow = 3 * minute;

/**
 * A window that closes later than this was not closed by its timer. Scheduler fires within a minute, and the rest takes
 * seconds. The reconciler closes windows without a timer one to six minutes after `dueAt`, so a dead timer passes for a
 * live one only in the first quarter of a minute of these.
 */
const punctual = 1.25 * minute;

/** The reconciler closes a window within six minutes if no timer does. */
const patience = 8 * minute;

const betweenLooks = 5_000;

export type DrillStep = "create" | "find" | "email-mfa-on" | "open" | "wait" | "read-back" | "delete";

/** Lateness is in milliseconds after `dueAt`. */
export type Drilled =
  | { kind: "succeeded"; window: ClosedWindow; lateness: number }
  | { kind: "failed"; step: DrillStep; reason: string; message: string; userLeft?: string };

/** AWS refused nothing, but the result is wrong. */
class DrillError extends Error {
  override name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export interface DrillDeps extends Deps {
  drillUsers: DrillUsers;
}

/**
 * Takes a synthetic user through create → Email MFA on → open → due → re-enabled → read back → deleted, on the real
 * deployment, and waits for it: at most twelve minutes for a window of three. Deletes a new user however the drill
 * ends; neither creates nor deletes a standing user. Calls `check` before each step; `check` ends the drill by
 * throwing.
 */
export const runDrill = async (
  deps: DrillDeps,
  { gracePeriod, by, check = () => undefined }: { gracePeriod: number; by: string; check?: () => void },
  tell: (step: DrillStep, detail: string) => void = () => undefined,
): Promise<Drilled> => {
  const { drillUsers } = deps;
  let step: DrillStep = drillUsers.kind === "new" ? "create" : "find";
  const at = (next: DrillStep, detail: string) => {
    check();
    step = next;
    tell(next, detail);
  };
  let user: DrillUser | undefined;
  let drilled: Drilled;
  try {
    at(step, drillUsers.kind === "new" ? "a user whose password nobody knows" : "the standing user of the drill");
    user = await drillUsers.take();
    at("email-mfa-on", "Email MFA is switched on, and read back");
    await switchOn(deps, user);
    at("open", "a window is opened, and Email MFA is read back as off");
    const window = await open(deps, user, gracePeriod, by);
    at("wait", `until the window is due, ${window.dueAt.toISOString()}, and closed`);
    const closed = await awaitClose(deps, window, (detail) => tell("wait", detail));
    at("read-back", "Email MFA is to be on again");
    drilled = await judge(deps, closed);
  } catch (error) {
    const { error: reason, detail: message } = describeError(error);
    drilled = { kind: "failed", step, reason, message };
  }
  if (user === undefined || drillUsers.kind === "standing") return drilled;
  tell("delete", "the user is deleted");
  const failure = await cleanUp(deps.windows, drillUsers, user);
  if (failure === undefined) return drilled;
  const { error: reason, detail: message } = describeError(failure);
  const first =
    drilled.kind === "failed" ? drilled : { kind: "failed" as const, step: "delete" as const, reason, message };
  return { ...first, userLeft: user.username };
};

const read = async ({ users }: Pick<Deps, "users">, user: DrillUser): Promise<DirectoryUser> => {
  const found = await users.read(user.username);
  if (found === "gone" || found.sub !== user.sub) throw new DrillError("UserGone", "The drill's user has disappeared.");
  return found;
};

const switchOn = async (deps: Deps, user: DrillUser): Promise<void> => {
  await deps.users.setEmailMfa(user.username, { enabled: true, preferred: true });
  if (!emailMfaIsOn((await read(deps, user)).factors)) {
    throw new DrillError("Unchanged", "Cognito accepted the change, but the user's Email MFA is off.");
  }
};

const open = async (deps: Deps, user: DrillUser, gracePeriod: number, by: string): Promise<Window> => {
  const opened = await openByOperator(deps, user.username, { by, reason: "drill" }, gracePeriod);
  if (opened.kind === "refused") throw new DrillError("Refused", `The window was refused: ${opened.because}.`);
  if (emailMfaIsOn((await read(deps, user)).factors)) {
    throw new DrillError("Unchanged", "The window is open, but the user's Email MFA is on.");
  }
  return opened.window;
};

const awaitClose = async (
  { windows, clock }: Pick<Deps, "windows" | "clock">,
  window: Window,
  tell: (detail: string) => void,
): Promise<ClosedWindow> => {
  const latest = plus(window.dueAt, patience);
  for (;;) {
    const { open, lastClosed } = await windows.find(window);
    if (lastClosed?.windowId === window.windowId) return lastClosed;
    const now = clock.now();
    if (now > latest) {
      const why = open?.lastFailure === undefined ? "" : ` Its last failure: ${open.lastFailure.error}.`;
      throw new DrillError("NotClosed", `The window is still open long after it was due.${why}`);
    }
    const seconds = Math.round((window.dueAt.getTime() - now.getTime()) / 1000);
    tell(seconds > 0 ? `due in ${seconds} s` : `due for ${-seconds} s`);
    await clock.sleep(betweenLooks);
  }
};

const judge = async (deps: Deps, window: ClosedWindow): Promise<Drilled> => {
  if (window.outcome !== "re-enabled") {
    throw new DrillError("WrongOutcome", `The window closed as ${window.outcome}.`);
  }
  if (!emailMfaIsOn((await read(deps, window)).factors)) {
    throw new DrillError("Unproven", "The window says re-enabled, but the user's Email MFA is off.");
  }
  const lateness = window.closedAt.getTime() - window.dueAt.getTime();
  if (lateness > punctual) {
    const seconds = Math.round(lateness / 1000);
    throw new DrillError("Late", `The window closed ${seconds} s after it was due: its timer did not do it.`);
  }
  return { kind: "succeeded", window, lateness };
};

/** Returns the error that left something behind. A window that is still open closes as user-gone when it is due. */
const cleanUp = async (
  windows: Deps["windows"],
  drillUsers: Extract<DrillUsers, { kind: "new" }>,
  user: DrillUser,
): Promise<unknown> => {
  try {
    await drillUsers.remove(user);
    await windows.forget(user);
    return undefined;
  } catch (error) {
    return error;
  }
};
