import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { hour, minute } from "../../shared/config/duration.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { type ReconcileRuns, type Row, startReconcileRuns } from "../support/reconcile-runs.ts";

let runs: ReconcileRuns;
beforeEach(async () => {
  runs = await startReconcileRuns({ RE_ENABLE_RATE: "1" });
});
afterEach(() => runs.stop());

/** The number of windows that the workers handle in five minutes at one a second. */
const most = 300;

/** Rows that are past due by an hour, each by a millisecond less than the one before. */
function* pastDue(count: number, more: Partial<Row> = {}, name = "user", first = 0): Iterable<Row> {
  const from = plus(runs.aws.clock.now(), -hour);
  for (let index = first; index < count; index += 1) {
    yield { sub: `${name}-${index}`, dueAt: plus(from, index).toISOString(), ...more };
  }
}
const inTenMinutes = () => plus(runs.aws.clock.now(), 10 * minute).toISOString();

describe("a run of the reconciler over many windows past due", () => {
  it("reads no more of twenty-two thousand than of eleven thousand, and counts, nudges and beats", async () => {
    const failing = { nextTryAt: inTenMinutes() };
    await runs.put(pastDue(11_000, failing));
    const few = await runs.run();
    await runs.put(pastDue(22_000, failing, "user", 11_000));
    await runs.put(pastDue(20, { dueAt: plus(runs.aws.clock.now(), -hour + 15_000).toISOString() }, "to-be-tried"));
    const many = await runs.run();
    const reads = (calls: string[]) => calls.filter((call) => call.startsWith("DynamoDB Query")).length;
    expect(reads(many.calls)).toBe(reads(few.calls));
    expect(reads(many.calls)).toBeLessThan(50);
    expect(many.value("WindowsOverdue")).toBe(10_000);
    expect(many.value("OldestOverdue")).toBe(3600);
    expect(many.value("ReconcilerHeartbeat")).toBe(1);
    expect(many.lines.find(({ event }) => event === "reconciled")?.fields).toMatchObject({ overdueAtLeast: true });
    expect(many.nudged).toHaveLength(20);
    expect(many.failure).toBeUndefined();
  }, 120_000);

  it("reaches windows behind ten thousand that fail forever, and starts again", async () => {
    await runs.put(pastDue(10_000, { nextTryAt: inTenMinutes() }, "failing"));
    await runs.put([{ sub: "forgotten", dueAt: plus(runs.aws.clock.now(), -2 * minute).toISOString() }]);
    expect((await runs.run()).nudged).toEqual([]);
    expect((await runs.run()).nudged).toEqual(["forgotten"]);
    await runs.put(pastDue(1, {}, "failing"));
    expect((await runs.run()).nudged).toContain("failing-0");
  }, 60_000);

  it("nudges each window once before it nudges the first one again", async () => {
    await runs.put(pastDue(700));
    const [first, second, third] = [await runs.run(), await runs.run(), await runs.run()];
    expect(first.nudged).toEqual(Array.from({ length: most }, (_, index) => `user-${index}`));
    expect(new Set([...first.nudged, ...second.nudged, ...third.nudged]).size).toBe(700);
    expect(third.nudged).toHaveLength(most);
  });

  it("begins with the longest due again when it has seen all", async () => {
    await runs.put(pastDue(20));
    await runs.run();
    await runs.put([
      { sub: "latest", dueAt: plus(runs.aws.clock.now(), -2 * minute).toISOString() },
      { sub: "longest", dueAt: plus(runs.aws.clock.now(), -2 * hour).toISOString() },
    ]);
    const { nudged } = await runs.run();
    expect([nudged.at(0), nudged.at(-1)]).toEqual(["longest", "latest"]);
  });

  it("goes on from a row that has gone, and from the front when its clock runs behind the last one's", async () => {
    await runs.put(pastDue(most + 2));
    await runs.run();
    await runs.remove(`user-${most - 1}`);
    expect((await runs.run()).nudged.slice(0, 2)).toEqual([`user-${most}`, `user-${most + 1}`]);
    await runs.put([...pastDue(most, { dueAt: plus(runs.aws.clock.now(), -1.5 * minute).toISOString() }, "newer")]);
    expect((await runs.run()).nudged.at(-1)).toMatch(/^newer-/);
    const behind = plus(runs.aws.clock.now(), -minute);
    runs.aws.clock.now = () => behind;
    expect(await runs.run()).toMatchObject({ failure: undefined });
  });

  it("fills the queue up to the workers' capacity, and adds a tenth of that when it is full", async () => {
    await runs.put(pastDue(100));
    const fill = (count: number) => {
      for (let sent = 0; sent < count; sent += 1) {
        runs.due.send({ body: "{}", messageAttributes: {}, senderId: "test" }, 900);
      }
    };
    fill(240);
    expect((await runs.run()).nudged).toHaveLength(60);
    fill(1_000);
    expect((await runs.run()).nudged).toHaveLength(30);
  });

  it("does not believe a next try that is further ahead than the longest pause", async () => {
    await runs.put(pastDue(1, { nextTryAt: inTenMinutes() }, "failing"));
    await runs.put(pastDue(1, { nextTryAt: "9999-01-01T00:00:00.000Z" }, "tampered"));
    expect((await runs.run()).nudged).toEqual(["tampered-0"]);
  });

  it("counts and beats, and leaves the nudges to the next run, when there is no time left", async () => {
    await runs.put(pastDue(50));
    const hurried = await runs.run(5_000);
    expect([hurried.value("WindowsOverdue"), hurried.value("ReconcilerHeartbeat")]).toEqual([50, 1]);
    expect(hurried.nudged).toEqual([]);
    expect((await runs.run()).nudged).toHaveLength(50);
  });
});
