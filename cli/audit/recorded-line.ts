import { type Output, plain } from "../terminal/output.ts";
import type { AuditEntry } from "./audit-entry.ts";

/** The line that shows what was recorded and under whose name. Undefined when nothing was recorded. */
export const recordedLine = (output: Output, audit: AuditEntry[]): string | undefined => {
  const entry = audit.findLast(({ by }) => by !== undefined);
  if (entry === undefined) return undefined;
  const parts = [entry.event, entry.by, entry.reason, entry.ticket].filter((part) => part !== undefined);
  return output.style("dim", plain(`Recorded on the window: ${parts.join(" · ")}`));
};
