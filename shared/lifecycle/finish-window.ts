import { plus } from "../runtime/instants.ts";
import { emailMfaIsOn } from "../users/factors.ts";
import { type Look, watch } from "../windows/seen.ts";
import { isSameSwitchingOff } from "../windows/switching-off.ts";
import type { UserRow } from "../windows/window-items.ts";
import { type ClosedWindow, closeWindow, isDue, type Outcome, type Window } from "../windows/window.ts";
import type { Deps } from "./deps.ts";

/** A row whose newest window is open. */
export type OpenRow = UserRow & { open: Window };

/**
 * Closes the window of the row and returns it closed. Returns undefined if another writer has closed it, if an operator
 * has switched Email MFA off since the evidence was read, or if a window that ends without Email MFA on was extended
 * meanwhile. Keeps facts that arrive meanwhile. If two workers close at once, the one that switched Email MFA on owns
 * outcome and evidence. Safe to repeat.
 */
export const finishWindow = async (
  { windows, clock, telemetry }: Pick<Deps, "windows" | "clock" | "telemetry">,
  row: OpenRow,
  outcome: Outcome,
  evidence?: ClosedWindow["evidence"],
): Promise<ClosedWindow | undefined> => {
  const window = row.open;
  const now = clock.now();
  const look = lookAtEnd(window, outcome, now, evidence);
  for (let found: UserRow = row; ;) {
    if (found.open?.windowId === window.windowId) {
      const closed = closeWindow(found.open, outcome, now, evidence);
      if ((await windows.close(closed, look, found)) === "closed") {
        report({ telemetry }, closed);
        return closed;
      }
    } else {
      const other = found.lastClosed;
      const isOurs = outcome === "re-enabled" && other?.windowId === window.windowId && other.outcome !== "re-enabled";
      if (!isOurs || !isSameSwitchingOff(other, window)) return undefined;
      if ((await windows.updateClosed({ ...other, outcome, evidence })) === "updated") return undefined;
    }
    found = await windows.findToChange(window);
    const current = found.open?.windowId === window.windowId ? found.open : undefined;
    if (current !== undefined && !isSameSwitchingOff(current, window)) return undefined;
    const isOn = evidence !== undefined && emailMfaIsOn(evidence.after);
    if (current !== undefined && !isOn && !isDue(current, clock.now())) return undefined;
  }
};

const report = (
  { telemetry }: Pick<Deps, "telemetry">,
  { sub, windowId, outcome, closedAt, dueAt }: ClosedWindow,
): void => {
  const lateness = (closedAt.getTime() - dueAt.getTime()) / 1000;
  telemetry.metrics.add("WindowClosed", 1, { name: "outcome", value: outcome });
  if (outcome === "re-enabled" && lateness >= 0) telemetry.metrics.add("ReEnableLateness", lateness);
  telemetry.log.info("window-closed", { sub, windowId, outcome, lateness });
};

/** Returns what the end of a window says about its user. */
const lookAtEnd = (
  window: Window,
  outcome: Outcome,
  now: Date,
  evidence: ClosedWindow["evidence"],
): Look | undefined => {
  // The user may reappear. Then the next sign-in gets a look, and the user is still known.
  if (outcome === "user-gone") return { known: false };
  if (evidence === undefined || !emailMfaIsOn(evidence.after)) return undefined;
  return {
    // An operator's call may still take effect, so the next sign-in must get a look.
    checkedAt: window.origin === "operator" ? undefined : now,
    known: true,
    emailMfa: true,
    ...(window.origin === "drift" && { watchedUntil: plus(now, watch), driftedAt: window.openedAt }),
  };
};
