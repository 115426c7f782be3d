import { type AcceptedCase, acceptanceExpiry } from "../ledgers/accepted-windows.ts";
import type { Ledger } from "../ledgers/ledger.ts";
import type { UserKey } from "../users/user-key.ts";
import { acceptWindow } from "../windows/accept-window.ts";
import { isDue, type OperatorAct } from "../windows/window.ts";
import { type ChangeDeps, changeOpenWindow, type Operated } from "./operate.ts";

/**
 * Accepts a window that is past due as a known case until an instant: on the window, where its history shows it, and in the
 * ledger, by which it is left out of the counts. Should only the first succeed, it still counts, and the same act repeats both.
 */
export const acceptByOperator = async (
  deps: ChangeDeps & { accepted: Pick<Ledger<AcceptedCase>, "put"> },
  user: UserKey,
  until: Date,
  act: Omit<OperatorAct, "at">,
): Promise<Operated> => {
  const at = deps.clock.now();
  const operated = await changeOpenWindow(deps, user, "window-accepted", { ...act, until }, (window) =>
    isDue(window, at) ? acceptWindow(window, until, { at, ...act }) : { because: "not-due", window },
  );
  if (operated.kind === "done") {
    const entry = { sub: operated.window.sub, dueAt: operated.window.dueAt, until, at, ...act };
    await deps.accepted.put(operated.window.windowId, entry, acceptanceExpiry(entry));
  }
  return operated;
};
