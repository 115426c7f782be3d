import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { createReconcile } from "../../functions/reconcile/reconcile.ts";
import type { Due } from "../../events/due.ts";
import { acceptedAt } from "../../shared/accepted-windows.ts";
import { day, hour, minute } from "../../shared/duration.ts";
import { plus } from "../../shared/window.ts";
import { RecordedTelemetry } from "../../local/recorded-telemetry.ts";
import { startLocalWindows, userPoolId, windowOf } from "../support/local-windows.ts";

const now = new Date("2026-01-15T10:00:00.000Z");
let local: Awaited<ReturnType<typeof startLocalWindows>>;

beforeEach(async () => {
  local = await startLocalWindows(now);
});
afterEach(() => local.stop());

it("reports who is exempt, who is overdue and for how long, and that it is alive", async () => {
  await local.windows.open(windowOf("not-due", now, day));
  await local.windows.open(windowOf("due", plus(now, -hour - 10 * minute), hour));
  await local.windows.open(windowOf("overdue", plus(now, -2 * hour), hour));
  const clock = { now: () => now, sleep: async () => undefined };
  const recorded = new RecordedTelemetry(clock);
  const sent: Due[] = [];
  await createReconcile({
    userPoolId,
    windows: local.windows,
    queue: {
      sendAll: async (dues) => {
        sent.push(...dues);
      },
      depth: async () => 0,
    },
    readAccepted: async () => acceptedAt([], now),
    sendFailedRecordsAgain: async () => ({ recordsNotHandled: 0, recordsSentAgain: 0 }),
    policy: { reEnableRate: 10, overdueTolerance: 15 * minute },
    clock,
    telemetry: recorded.for("reconcile"),
  })();
  expect(sent.map(({ sub }) => sub)).toEqual(["overdue", "due"]);
  expect(recorded.values.map(({ metric, value }) => [metric, value])).toEqual([
    ["WindowsOverdue", 1],
    ["OldestOverdue", 3600],
    ["WindowsOpen", 3],
    ["ReconcilerHeartbeat", 1],
  ]);
});
