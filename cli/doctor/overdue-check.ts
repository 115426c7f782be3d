import { formatDuration } from "../../shared/config/duration.ts";
import { plus } from "../../shared/runtime/instants.ts";
import type { DueRow } from "../../shared/windows/due-index.ts";
import { firstImpossible } from "../../shared/windows/impossible.ts";
import { plain, plural } from "../terminal/output.ts";
import { type Check, fail, type Finding, ok } from "./finding.ts";

/** The count stops here. */
const mostCounted = 10_000;

/** The number of windows to read in full, for their due time or their user. */
const mostRead = 10;

/** Checks for windows that should have closed, and for windows with an impossible due time. */
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
    const next = "mfactl list --overdue lists them. mfactl retry --all-overdue tries them again now.";
    findings.push(fail("overdue", found, next));
  }
  const beyond = { from: firstImpossible(now, policy.overdueTolerance) };
  const impossible = await count(beyond);
  if (impossible.count > 0) {
    const subs = (await read(beyond)).map(({ sub }) => plain(sub)).join(", ");
    const found = `${plural(impossible.count, "window")} ${impossible.count === 1 ? "has" : "have"} an impossibly late due time, which keeps users exempt: ${subs}.`;
    findings.push(fail("overdue", found, "Run mfactl close SUB for each. Find out who can write to the table."));
  }
  return findings.length > 0 ? findings : [ok("overdue", "No window is overdue.")];
};
