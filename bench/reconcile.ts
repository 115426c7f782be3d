import { inProcessHandler } from "@cognito-mfa-lifecycle/local-aws/in-process-handler.ts";
import { wire } from "../functions/reconcile/wiring.ts";
import { day, minute } from "../shared/config/duration.ts";
import { systemClock } from "../shared/runtime/clock.ts";
import { countingDueIndex, type Read } from "./due-index.ts";
import { table } from "./report.ts";

/** Returns how much the real function, with the real SDK, reads in one run. */
const reconcileOnce = async (open: number, overdue: number): Promise<Read> => {
  const read = { queries: 0, items: 0, bytes: 0 };
  const now = systemClock.now().getTime();
  const dueAt = Array.from({ length: open }, (_, index) =>
    index < overdue ? new Date(now - day + index) : new Date(now + 10 * minute + index),
  );
  const handler = wire({
    environment: {
      WINDOWS_TABLE: "windows",
      DUE_QUEUE_URL: "http://127.0.0.1/000000000000/due",
      RECORDS_QUEUE_URL: "http://127.0.0.1/000000000000/records",
      USER_POOL_ID: "us-east-1_Example00",
      ...Object.fromEntries(
        ["RECORDS", "DUE", "TIMER", "RECONCILE", "EXPLAIN_ALARM", "DRILL"].map((name) => [
          `${name}_DLQ_URL`,
          `http://127.0.0.1/000000000000/${name}`,
        ]),
      ),
    },
    clock: systemClock,
    newId: () => "1",
    telemetry: {
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      metrics: { add: () => undefined },
      flush: async () => undefined,
    },
    aws: {
      region: "us-east-1",
      endpoint: "http://127.0.0.1",
      credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
      requestHandler: inProcessHandler(countingDueIndex(dueAt, read)),
    },
  });
  await handler({}, { getRemainingTimeInMillis: () => minute });
  return read;
};

export const measureReconcile = async (): Promise<string> => {
  const rows: string[][] = [];
  for (const open of [10_000, 100_000, 1_000_000]) {
    for (const overdue of [0, open / 100, open]) {
      const { queries, items, bytes } = await reconcileOnce(open, overdue);
      rows.push([open, overdue, queries, items, Math.round(bytes / 1000)].map((cell) => cell.toLocaleString("en")));
    }
  }
  return table(["open windows", "overdue", "queries", "items read", "kB read"], rows);
};
