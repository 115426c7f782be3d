import { mostServedPools } from "../../shared/ledgers/served-pools.ts";
import { plain, plural } from "../terminal/output.ts";
import { type Check, fail, type Finding, ok } from "./finding.ts";

/** The count stops here. */
const mostCounted = 1_000;

/** Checks for open windows of a pool that this stack once managed and nothing manages now. */
export const checkOtherPools: Check = async ({ dueIndex, servedPools, outputs: { UserPoolId } }) => {
  const findings: Finding[] = [];
  for (const { key } of await servedPools.list(mostServedPools)) {
    if (key === UserPoolId) continue;
    const { count, atLeast } = await dueIndex.count(key, {}, mostCounted, () => true);
    if (count === 0) continue;
    const pool = plain(key);
    const windows = `${atLeast ? "At least " : ""}${plural(count, "window")}`;
    findings.push(
      fail(
        "other-pools",
        `${windows} of the user pool ${pool} ${count === 1 ? "is" : "are"} open, but the stack now manages ${UserPoolId}. Nothing closes ${count === 1 ? "it" : "them"}.`,
        `Deploy with userPoolId ${pool}, close all of its windows with mfactl list and mfactl close, then move again: docs/runbook.md#move-to-another-user-pool.`,
      ),
    );
  }
  return findings.length > 0 ? findings : [ok("other-pools", "No window of another user pool is open.")];
};
