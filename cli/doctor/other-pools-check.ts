import { mostServedPools } from "../../shared/ledgers/served-pools.ts";
import { plain, plural } from "../terminal/output.ts";
import { type Check, fail, type Finding, ok } from "./finding.ts";

/** Where the count stops, however many there are. */
const mostCounted = 1_000;

/** Whether windows are open for a pool that this stack looked after once, and that nobody looks after now. */
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
        `${windows} of the user pool ${pool} ${count === 1 ? "is" : "are"} open, and the stack is for ${UserPoolId} now: nothing closes them.`,
        `Deploy with userPoolId ${pool}, close them with mfactl list and mfactl close, then come back: docs/runbook.md#move-to-another-user-pool.`,
      ),
    );
  }
  return findings.length > 0 ? findings : [ok("other-pools", "No window of another user pool is open.")];
};
