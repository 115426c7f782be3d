import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { Due } from "../../events/due.ts";
import { createReconcile } from "../../functions/reconcile/reconcile.ts";
import { reconcilerState } from "../../functions/reconcile/state.ts";
import { RecordedTelemetry } from "../../local/recorded-telemetry.ts";
import { names } from "../../local/service-names.ts";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { dynamoLedger } from "../../shared/ledgers/ledger.ts";
import { dynamoServedPools } from "../../shared/ledgers/served-pools.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { dynamoDueIndex } from "../../shared/windows/due-index.ts";
import { startLocalWindows, userPoolId, windowOf } from "../support/local-windows.ts";
import { noRow } from "../support/no-row.ts";

const now = new Date("2026-01-15T10:00:00.000Z");
let local: Awaited<ReturnType<typeof startLocalWindows>>;

beforeEach(async () => {
  local = await startLocalWindows(now);
});
afterEach(() => local.stop());

it("reports who is exempt, who is overdue and for how long, and that it is alive", async () => {
  await local.windows.open(windowOf("not-due", now, day), noRow, true);
  await local.windows.open(windowOf("due", plus(now, -hour - 10 * minute), hour), noRow, true);
  await local.windows.open(windowOf("overdue", plus(now, -2 * hour), hour), noRow, true);
  const clock = { now: () => now, sleep: async () => undefined };
  const recorded = new RecordedTelemetry(clock);
  const sent: Due[] = [];
  await createReconcile({
    userPoolId,
    index: dynamoDueIndex(local.documents, names.windowsTable),
    queue: {
      sendAll: async (dues) => {
        sent.push(...dues);
      },
      depth: async () => 0,
    },
    accepted: { list: async () => [] },
    sendFailedRecordsAgain: async () => ({ recordsNotHandled: 0, recordsSentAgain: 0 }),
    deadLetterQueues: [{ name: "records", depth: async () => 2 }],
    state: dynamoLedger(local.documents, names.windowsTable, {
      name: "reconciler",
      userPoolId,
      schema: reconcilerState,
    }),
    servedPools: dynamoServedPools(local.documents, names.windowsTable),
    policy: { reEnableRate: 10, overdueTolerance: 15 * minute },
    clock,
    telemetry: recorded.for("reconcile"),
  })(undefined, { getRemainingTimeInMillis: () => minute });
  expect(sent.map(({ sub }) => sub)).toEqual(["overdue", "due"]);
  expect(recorded.values.map(({ metric, value }) => [metric, value])).toEqual([
    ["WindowsOverdue", 1],
    ["OldestOverdue", 3600],
    ["WindowsNewlyOverdue", 1],
    ["WindowsOpen", 3],
    ["ReconcilerHeartbeat", 1],
    ["DeadLettersArrived", 2],
  ]);
});
