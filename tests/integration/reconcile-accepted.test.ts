import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { names } from "../../local/service-names.ts";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { acceptedWindows } from "../../shared/ledgers/accepted-windows.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { type ReconcileRuns, startReconcileRuns } from "../support/reconcile-runs.ts";

let runs: ReconcileRuns;
beforeEach(async () => {
  runs = await startReconcileRuns();
});
afterEach(() => runs.stop());

const sinceAnHour = (index: number) => plus(runs.aws.clock.now(), -hour + index * 1000);

/** Windows past due, each by a second less than the one before. */
const overdue = (count: number) =>
  runs.put(Array.from({ length: count }, (_, index) => ({ sub: `${index}`, dueAt: sinceAnHour(index).toISOString() })));

const accept = async (index: number, lasts: number, dueAt = sinceAnHour(index)) => {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(runs.aws.clientOptions("test")));
  const now = runs.aws.clock.now();
  const entry = { sub: `${index}`, dueAt, at: plus(now, -minute), until: plus(now, lasts), by: "x" };
  await acceptedWindows(documents, names.windowsTable, runs.userPoolId).put(`w-${index}`, entry);
};

const run = async () => {
  const done = await runs.run();
  expect(done.failure).toBeUndefined();
  return ["WindowsOverdue", "WindowsNewlyOverdue", "OldestOverdue"].map(done.value);
};

describe.each([
  ["few that are all read", 10],
  ["more than are read", 150],
])("an accepted window among %s", (_, count) => {
  it("leaves the counts and the age of the oldest, and is nudged all the same", async () => {
    await overdue(count);
    await accept(0, day);
    await accept(1, day);
    await accept(5, day);
    expect(await run()).toEqual([count - 3, count - 3, 3598]);
    expect((await runs.run()).nudged).toHaveLength(count);
  });

  it("is newly overdue when its acceptance ends, though another has closed meanwhile", async () => {
    await overdue(count);
    await accept(0, 2 * minute);
    expect(await run()).toEqual([count - 1, count - 1, 3599]);
    await runs.remove("1");
    await runs.aws.clock.advanceBy(5 * minute);
    expect(runs.telemetry.values.findLast(({ metric }) => metric === "WindowsNewlyOverdue")?.value).toBe(1);
    expect(runs.telemetry.values.findLast(({ metric }) => metric === "WindowsOverdue")?.value).toBe(count - 1);
  });

  it("does not leave its count behind when it has closed", async () => {
    await overdue(count);
    await accept(0, day);
    await runs.remove("0");
    expect((await run())[0]).toBe(count - 1);
  });
});

it("finds the oldest behind more accepted windows than are read at first", async () => {
  await overdue(150);
  for (let index = 0; index < 120; index += 1) await accept(index, day);
  expect(await run()).toEqual([30, 30, 3480]);
});

it("counts an accepted window among many that is not due any more when it was", async () => {
  await overdue(150);
  await accept(0, day, sinceAnHour(-60));
  expect((await run())[0]).toBe(150);
});
