import { emailMfaIsOn } from "../factors.ts";
import { type ClosedWindow, closeWindow, isSameSwitchingOff, type Outcome, type Window } from "../window.ts";
import type { Deps } from "./deps.ts";

/**
 * Closes the window and gives it back closed; undefined when somebody else has closed it, or an operator has switched
 * Email MFA off since the evidence was read. Facts that come in meanwhile are taken along. Safe to repeat.
 */
export const finishWindow = async (
  { windows, clock, telemetry }: Pick<Deps, "windows" | "clock" | "telemetry">,
  window: Window,
  outcome: Outcome,
  evidence?: ClosedWindow["evidence"],
): Promise<ClosedWindow | undefined> => {
  const now = clock.now();
  if (outcome === "user-gone") await windows.forgetSeen(window);
  else if (evidence !== undefined && emailMfaIsOn(evidence.after)) {
    // A call of the operator's may yet take effect: the next sign-in is to be looked at.
    await windows.putSeen(window, { checkedAt: window.origin === "operator" ? undefined : now, known: true });
  }
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
  }
  return undefined;
};
