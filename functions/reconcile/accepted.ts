import type { AcceptedWindows } from "../../shared/ledgers/accepted-windows.ts";
import type { DueIndex } from "../../shared/windows/due-index.ts";
import type { OverdueRef } from "../../shared/windows/window-items.ts";

interface Options {
  index: Pick<DueIndex, "rows">;
  userPoolId: string;
  accepted: Pick<AcceptedWindows, "windows" | "has" | "hasEndedSince">;
  mayGoOn: () => boolean;
}

/** Parallel reads of the index. */
const atOnce = 25;

/** Rows to read for one due time. More windows are due in the same millisecond only if an attacker wants that. */
const mostOfOneTime = 10;

/**
 * Returns the windows due at `until` or before that are open in the index and accepted, or whose acceptance has ended
 * after `since`. A window that is not found there counts, for example one that a new reset has moved since.
 */
export const findAccepted = async (
  { index, userPoolId, accepted, mayGoOn }: Options,
  until: Date,
  since: Date,
): Promise<OverdueRef[]> => {
  const wanted = accepted.windows.filter(
    (window) => window.dueAt <= until && (accepted.has(window) || accepted.hasEndedSince(window, since)),
  );
  const found: OverdueRef[] = [];
  for (let start = 0; start < wanted.length && mayGoOn(); start += atOnce) {
    const looks = wanted.slice(start, start + atOnce).map(async ({ windowId, dueAt }) => {
      const { rows } = await index.rows(userPoolId, { from: dueAt, until: dueAt }, mostOfOneTime);
      return rows.flatMap(({ window }) => (window !== "unreadable" && window.windowId === windowId ? [window] : []));
    });
    found.push(...(await Promise.all(looks)).flat());
  }
  return found;
};
