import { minute } from "../../shared/config/duration.ts";
import type { ClosedWindow, Window } from "../../shared/windows/window.ts";
import type { Connection } from "../stack/connection.ts";
import type { Output } from "../terminal/output.ts";

/** The state of a closing window at the end of the wait. */
export type Awaited = { kind: "closed"; window: ClosedWindow } | { kind: "pending"; window: Window };

/** Checks every second until the window is closed, its next try has failed, its user was not found, or a minute has passed. */
export const awaitClose = async (
  { windows, reports, clock }: Pick<Connection, "windows" | "reports" | "clock">,
  window: Window,
  output: Output,
): Promise<Awaited> => {
  const patience = minute;
  for (let waited = 0; ; waited += 1000) {
    const { open } = await windows.find(window);
    if (open?.windowId !== window.windowId) {
      const closed = (await reports.history(window)).find(({ windowId }) => windowId === window.windowId);
      if (closed !== undefined) return { kind: "closed", window: closed };
    } else if (open.attempts > window.attempts || open.goneSince !== undefined || waited >= patience) {
      return { kind: "pending", window: open };
    }
    output.progress(`waiting for the proof that Email MFA is on (${waited / 1000} s)`);
    await clock.sleep(1000);
  }
};
