import { type AcceptedCase, acceptanceExpiry } from "../ledgers/accepted-windows.ts";
import type { Ledger } from "../ledgers/ledger.ts";
import type { UserKey } from "../users/user-key.ts";
import { acceptWindow } from "../windows/accept-window.ts";
import { isDue, type OperatorAct } from "../windows/window.ts";
import { type ChangeDeps, changeOpenWindow, type Operated } from "./operate.ts";

/**
 * Accepts a window past due as a known case until an instant. Writes the acceptance on the window, for its history, and
 * into the ledger, which takes the window out of the counts. If only the first write succeeds, the window still counts,
 * and the same command repeats both.
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
