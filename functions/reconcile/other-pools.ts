import type { Ledger } from "../../shared/ledgers/ledger.ts";
import type { ServedPool } from "../../shared/ledgers/served-pools.ts";
import type { Count, DueIndex, DueKey } from "../../shared/windows/due-index.ts";
import { mostCounted } from "./count-overdue.ts";

/** The pools that the table has served, from the ledger. */
export type ServedPools = Awaited<ReturnType<Ledger<ServedPool>["list"]>>;

interface Options {
  index: Pick<DueIndex, "count" | "pools">;
  userPoolId: string;
  mayGoOn: () => boolean;
}

/**
 * Returns the open windows of each pool that this stack no longer looks after. Nothing closes these windows, so each of
 * them counts as overdue at any time. Leaves out pools without open windows.
 */
export const countOtherPools = async (
  { index, userPoolId, mayGoOn }: Options,
  served: ServedPools,
): Promise<(Count & { userPoolId: string })[]> => {
  const counts: (Count & { userPoolId: string })[] = [];
  for (const { key } of served) {
    if (key === userPoolId) continue;
    const open = await index.count(key, {}, mostCounted, mayGoOn);
    if (open.count > 0) counts.push({ userPoolId: key, ...open });
  }
  return counts;
};

/**
 * Makes sure that the ledger names this pool and, once in the life of the table, every other pool with open windows: a
 * version without the ledger may have served them. Looks through the index for as long as it may, starting after
 * `from`. Returns where to continue, or undefined when there is nothing left.
 */
export const keepServedPools = async (
  { index, userPoolId, mayGoOn, ledger, now }: Options & { ledger: Pick<Ledger<ServedPool>, "put">; now: Date },
  served: ServedPools,
  from: DueKey | undefined,
): Promise<DueKey | undefined> => {
  const own = served.find(({ key }) => key === userPoolId)?.entry ?? { since: now, lookedThrough: false };
  const known = new Set(served.map(({ key }) => key));
  if (!known.has(userPoolId)) await ledger.put(userPoolId, own);
  known.add(userPoolId);
  if (served.some(({ entry }) => entry.lookedThrough)) return undefined;
  let after = from;
  do {
    const { pools, next } = await index.pools(after);
    for (const pool of pools.filter((one) => !known.has(one))) {
      await ledger.put(pool, { since: now, lookedThrough: false });
      known.add(pool);
    }
    after = next;
  } while (after !== undefined && mayGoOn());
  if (after === undefined) await ledger.put(userPoolId, { ...own, lookedThrough: true });
  return after;
};
