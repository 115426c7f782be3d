import { formatDuration } from "../../shared/config/duration.ts";
import { plus } from "../../shared/runtime/instants.ts";
import type { DueRow } from "../../shared/windows/due-index.ts";
import { firstImpossible } from "../../shared/windows/impossible.ts";
import { plain, plural } from "../terminal/output.ts";
import { type Check, fail, type Finding, ok } from "./finding.ts";

/** Where the count stops, however many there are. */
const mostCounted = 10_000;

/** How many of them are read, to tell how long, or whose they are. */
const mostRead = 10;

/** Whether anybody is open who should not be. */
export const checkOverdue: Check = async ({ dueIndex, outputs: { UserPoolId }, policy, clock }) => {
  const now = clock.now();
  const count = (range: { from: Date } | { until: Date }) => dueIndex.count(UserPoolId, range, mostCounted, () => true);
  const read = async (range: { from: Date } | { until: Date }) => {
    const { rows } = await dueIndex.rows(UserPoolId, range, mostRead);
    return rows.flatMap(({ window }: DueRow) => (window === "unreadable" ? [] : [window]));
  };
  const findings: Finding[] = [];
  const pastTolerance = { until: plus(now, -policy.overdueTolerance - 1) };
  const overdue = await count(pastTolerance);
  if (overdue.count > 0) {
    const [longest] = await read(pastTolerance);
    const since = longest && `, the oldest ${formatDuration(now.getTime() - longest.dueAt.getTime())} ago`;
    const found = `${overdue.atLeast ? "At least " : ""}${plural(overdue.count, "window")} should have closed${since ?? ""}.`;
    findings.push(fail("overdue", found, "mfactl list --overdue says why; mfactl retry --all-overdue tries at once."));
  }
  const beyond = { from: firstImpossible(now, policy.overdueTolerance) };
  const impossible = await count(beyond);
  if (impossible.count > 0) {
    const subs = (await read(beyond)).map(({ sub }) => plain(sub)).join(", ");
    const found = `${plural(impossible.count, "window")} due later than any window can be, so that users stay exempt: ${subs}.`;
    findings.push(fail("overdue", found, "mfactl close SUB ends it. Find out who may write into the table."));
  }
  return findings.length > 0 ? findings : [ok("overdue", "No window is overdue.")];
};
