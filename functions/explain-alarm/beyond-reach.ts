import type { Ledger } from "../../shared/ledgers/ledger.ts";
import { mostServedPools, type ServedPool } from "../../shared/ledgers/served-pools.ts";
import { withoutAddresses } from "../../shared/telemetry/telemetry.ts";
import type { DueIndex } from "../../shared/windows/due-index.ts";
import { firstImpossible } from "../../shared/windows/impossible.ts";

interface Options {
  index: Pick<DueIndex, "count" | "rows">;
  servedPools: Pick<Ledger<ServedPool>, "list">;
  userPoolId: string;
  stage: string;
  policy: { overdueTolerance: number };
}

const mostCounted = 1_000;
const mostNamed = 10;

/**
 * Returns a paragraph for each group of windows that the reconciler counts as overdue although nothing closes them: windows of
 * pools that the stack no longer manages, and windows with an impossibly late due time.
 */
export const beyondReach = async (options: Options, now: Date): Promise<string[]> => {
  const { index, servedPools, userPoolId, stage, policy } = options;
  const paragraphs: string[] = [];
  for (const { key } of await servedPools.list(mostServedPools)) {
    if (key === userPoolId) continue;
    const { count, atLeast } = await index.count(key, {}, mostCounted, () => true);
    if (count === 0) continue;
    const windows = `${atLeast ? "at least " : ""}${count} window${count === 1 ? "" : "s"}`;
    paragraphs.push(
      `This stack no longer manages the user pool ${key}, which has ${windows} open. Nothing closes ${count === 1 ? "it" : "them"}. See docs/runbook.md#move-to-another-user-pool`,
    );
  }
  const { rows } = await index.rows(userPoolId, { from: firstImpossible(now, policy.overdueTolerance) }, mostNamed);
  const subs = rows.map(({ window }) => (window === "unreadable" ? "an unreadable row" : withoutAddresses(window.sub)));
  if (subs.length > 0) {
    paragraphs.push(
      `Windows with an impossibly late due time, which nothing closes in time: ${subs.join(", ")}. Close each with mfactl close SUB --stage ${stage}, and find out who can write to the table.`,
    );
  }
  return paragraphs;
};
