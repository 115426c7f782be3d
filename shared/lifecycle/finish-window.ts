import { emailMfaIsOn } from "../factors.ts";
import { type Look, watch } from "../seen.ts";
import {
  type ClosedWindow,
  closeWindow,
  isDue,
  isSameSwitchingOff,
  type Outcome,
  plus,
  retention,
  type Window,
} from "../window.ts";
import type { Deps } from "./deps.ts";

/**
 * Closes the window and gives it back closed. Undefined when another has closed it, when an operator has switched Email MFA
 * off since the evidence was read, or when a window that ends without Email MFA on was extended meanwhile. Facts that come in
 * meanwhile are taken along. Safe to repeat.
 */
export const finishWindow = async (
  { windows, clock, telemetry }: Pick<Deps, "windows" | "clock" | "telemetry">,
  window: Window,
  outcome: Outcome,
  evidence?: ClosedWindow["evidence"],
): Promise<ClosedWindow | undefined> => {
  const now = clock.now();
  const look = lookAtEnd(window, outcome, now, evidence);
  if (look !== undefined) await windows.noteLook(window, look);
  for (let current: Window | undefined = window; current?.windowId === window.windowId;) {
    const closed = closeWindow(current, outcome, now, evidence);
    if ((await windows.close(closed)) === "closed") {
      const lateness = (now.getTime() - closed.dueAt.getTime()) / 1000;
      telemetry.metrics.add("WindowClosed", 1, { name: "outcome", value: outcome });
      if (outcome === "re-enabled" && lateness >= 0) telemetry.metrics.add("ReEnableLateness", lateness);
      telemetry.log.info("window-closed", { sub: closed.sub, windowId: closed.windowId, outcome, lateness });
      return closed;
    }
    current = (await windows.find(window)).open;
    if (current !== undefined && !isSameSwitchingOff(current, window)) return undefined;
    const isOn = evidence !== undefined && emailMfaIsOn(evidence.after);
    if (current !== undefined && !isOn && !isDue(current, clock.now())) return undefined;
  }
  return undefined;
};

/** What the end of a window says of its user. */
const lookAtEnd = (
  window: Window,
  outcome: Outcome,
  now: Date,
  evidence: ClosedWindow["evidence"],
): Look | undefined => {
  // The user may turn up again after all: then the next sign-in is looked at, and what was known is known.
  if (outcome === "user-gone") return { known: false, expiresAt: plus(now, retention) };
  if (evidence === undefined || !emailMfaIsOn(evidence.after)) return undefined;
  return {
    // A call of the operator's may still take effect: the next sign-in must be looked at.
    checkedAt: window.origin === "operator" ? undefined : now,
    known: true,
    emailMfa: true,
    ...(window.origin === "drift" && { watchedUntil: plus(now, watch), driftedAt: window.openedAt }),
  };
};
