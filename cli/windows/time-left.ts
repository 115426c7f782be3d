import { formatDuration } from "../../shared/config/duration.ts";
import type { Window } from "../../shared/windows/window.ts";
import type { Output } from "../terminal/output.ts";

const cells = 10;

/** Shows the time left in the window as a bar and as text. */
export const timeLeft = (output: Output, window: Pick<Window, "openedAt" | "dueAt">, now: Date): string => {
  const left = window.dueAt.getTime() - now.getTime();
  const whole = window.dueAt.getTime() - window.openedAt.getTime();
  const share = whole <= 0 ? 0 : Math.min(1, Math.max(0, left / whole));
  const filled = Math.ceil(share * cells);
  const bar = "█".repeat(filled) + "░".repeat(cells - filled);
  const colour = left <= 0 ? "red" : share <= 0.25 ? "yellow" : "green";
  const words = left > 0 ? formatDuration(left) : `${formatDuration(left)} past due`;
  return `${output.style(colour, bar)} ${words}`;
};
