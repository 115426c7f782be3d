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
 * What the reconciler counts as overdue though no re-enable is on its way to it, a paragraph for each: windows of pools that
 * the stack no longer looks after, and windows due later than any can be.
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
      `Of the user pool ${key}, which this stack no longer looks after, ${windows} ${count === 1 ? "is" : "are"} open, and nothing closes ${count === 1 ? "it" : "them"}: docs/runbook.md#move-to-another-user-pool`,
    );
  }
  const { rows } = await index.rows(userPoolId, { from: firstImpossible(now, policy.overdueTolerance) }, mostNamed);
  const subs = rows.map(({ window }) =>
    window === "unreadable" ? "a row that makes no sense" : withoutAddresses(window.sub),
  );
  if (subs.length > 0) {
    paragraphs.push(
      `Due later than any window can be, so that nothing closes it in time: ${subs.join(", ")}. End it with mfactl close SUB --stage ${stage}, and find out who may write into the table.`,
    );
  }
  return paragraphs;
};
