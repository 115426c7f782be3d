import { DynamoDBClient, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { names } from "../../local/service-names.ts";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { type ReconcileRuns, startReconcileRuns } from "../support/reconcile-runs.ts";

const tolerance = 15 * minute;
const another = "us-east-1_Another00";

let runs: ReconcileRuns;
beforeEach(async () => {
  runs = await startReconcileRuns({ OVERDUE_TOLERANCE: "15m" });
  // Otherwise the stack's own runs would count too.
  runs.aws.lambda.register("reconcile", async () => undefined, { timeoutMs: minute });
});
afterEach(() => runs.stop());

const inTime = (milliseconds: number) => plus(runs.aws.clock.now(), milliseconds).toISOString();
const later = () => runs.aws.clock.advanceBy(5 * minute);
const newly = async () => (await runs.run()).value("WindowsNewlyOverdue");
/** Refuses matching calls of the reconciler to DynamoDB, until it is called with another filter. */
const refuse = (operation: string | undefined) => {
  runs.aws.endpoint.faults = (call) =>
    call.caller === "reconcile" && call.service === "DynamoDB" && call.operation === operation
      ? { kind: "server-error" }
      : undefined;
};
const dynamo = () => new DynamoDBClient({ ...runs.aws.clientOptions("test"), requestHandler: runs.aws.requestHandler });

describe("WindowsNewlyOverdue", () => {
  it("counts each window once, when it becomes overdue, while another stays overdue forever", async () => {
    await runs.put([{ sub: "for-ever", dueAt: inTime(-hour) }]);
    expect([await newly(), await newly()]).toEqual([1, 0]);
    await runs.put([
      { sub: "one", dueAt: inTime(-tolerance + 1) },
      { sub: "two", dueAt: inTime(-tolerance) },
    ]);
    // Overdue means past due by more than the tolerance, not by exactly the tolerance.
    expect(await newly()).toBe(0);
    await later();
    const run = await runs.run();
    expect([run.value("WindowsNewlyOverdue"), run.value("WindowsOverdue")]).toEqual([2, 3]);
    await later();
    expect(await newly()).toBe(0);
  });

  it("counts it when another one closes in the same minutes", async () => {
    await runs.put([
      { sub: "closes", dueAt: inTime(-hour) },
      { sub: "comes", dueAt: inTime(-tolerance + minute) },
    ]);
    await runs.run();
    await runs.remove("closes");
    await later();
    expect(await newly()).toBe(1);
  });

  it("counts a window that is opened past due, from a fact that came late", async () => {
    await runs.run();
    await runs.put([{ sub: "late", dueAt: inTime(-3 * hour) }]);
    await later();
    expect([await newly(), await newly()]).toEqual([1, 0]);
  });

  it("catches up on runs that did not happen", async () => {
    await runs.run();
    await runs.put([{ sub: "one", dueAt: inTime(-tolerance + minute) }]);
    await runs.aws.clock.advanceBy(50 * minute);
    expect(await newly()).toBe(1);
  });

  it("counts twice, rather than never, when the run cannot record its count", async () => {
    await runs.run();
    await later();
    await runs.put([{ sub: "one", dueAt: inTime(-tolerance - minute) }]);
    refuse("PutItem");
    const failed = await runs.run();
    expect([failed.value("WindowsNewlyOverdue"), failed.value("ReconcilerHeartbeat")]).toEqual([1, 1]);
    expect(failed.failure).toMatchObject({ name: "InternalServerError" });
    refuse(undefined);
    expect([await newly(), await newly()]).toEqual([1, 0]);
  });

  it("does not believe a state of the future", async () => {
    await runs.run();
    const key = { user: { S: `reconciler#${runs.userPoolId}` }, item: { S: "state" } };
    const state = { countedDueBefore: { S: "9999-01-01T00:00:00.000Z" }, overdue: { N: "5" }, deadLetters: { M: {} } };
    await dynamo().send(new PutItemCommand({ TableName: names.windowsTable, Item: { ...key, ...state } }));
    await runs.put([{ sub: "one", dueAt: inTime(-hour) }]);
    expect([await newly(), await newly()]).toEqual([1, 0]);
  });

  it("counts again windows that a lower tolerance makes overdue", async () => {
    await runs.put([{ sub: "one", dueAt: inTime(-10 * minute) }]);
    expect(await newly()).toBe(0);
    runs.environment["OVERDUE_TOLERANCE"] = "5m";
    expect(await newly()).toBe(1);
  });
});

describe("DeadLettersArrived", () => {
  const send = async (queue: "RECORDS" | "DUE") => {
    const sqs = new SQSClient({ ...runs.aws.clientOptions("test"), requestHandler: runs.aws.requestHandler });
    await sqs.send(new SendMessageCommand({ QueueUrl: runs.environment[`${queue}_DLQ_URL`], MessageBody: "x" }));
  };
  const arrived = async () =>
    (await runs.run()).values
      .filter(({ metric }) => metric === "DeadLettersArrived")
      .map(({ value, dimension }) => [dimension?.name, dimension?.value, value]);

  it("counts the letters that have come since the last run, by their queue, and not those that lie there", async () => {
    await runs.run();
    await send("RECORDS");
    expect(await arrived()).toEqual([["queue", "records", 1]]);
    expect(await arrived()).toEqual([]);
    await send("RECORDS");
    await send("RECORDS");
    await send("DUE");
    expect(await arrived()).toEqual([
      ["queue", "records", 2],
      ["queue", "due", 1],
    ]);
  });

  it("counts letters in flight, and those that arrive after others were removed", async () => {
    await send("DUE");
    await runs.run();
    const queue = runs.aws.sqs.findByName(names.dueDlq);
    const [letter] = queue.receive(1, 300);
    expect(await arrived()).toEqual([]);
    queue.delete(letter?.receiptHandle ?? "");
    expect(await arrived()).toEqual([]);
    await send("DUE");
    expect(await arrived()).toEqual([["queue", "due", 1]]);
  });

  it("watches the other queues when one cannot be read, and fails after the heartbeat", async () => {
    await runs.run();
    await send("DUE");
    await send("RECORDS");
    runs.aws.endpoint.faults = ({ input }) =>
      String(input["QueueUrl"]).endsWith(names.dueDlq) ? { kind: "server-error" } : undefined;
    const run = await runs.run();
    expect(run.failure).toBeDefined();
    expect(run.value("ReconcilerHeartbeat")).toBe(1);
    const letters = run.values.filter(({ metric }) => metric === "DeadLettersArrived");
    expect(letters.map(({ dimension }) => dimension?.value)).toEqual(["records"]);
    runs.aws.endpoint.faults = () => undefined;
    expect(await arrived()).toEqual([["queue", "due", 1]]);
  });
});

describe("windows of another pool", () => {
  const served = async () => {
    const { Items } = await dynamo().send(
      new QueryCommand({
        TableName: names.windowsTable,
        KeyConditionExpression: "#user = :user",
        ExpressionAttributeNames: { "#user": "user" },
        ExpressionAttributeValues: { ":user": { S: "pools#all" } },
      }),
    );
    return (Items ?? []).map((item) => [item["item"]?.S, item["lookedThrough"]?.BOOL]);
  };

  it("count as overdue once the stack is for another pool, whenever they are due", async () => {
    await runs.put([{ sub: "one", dueAt: inTime(3 * day) }]);
    await runs.run();
    expect(await served()).toEqual([[runs.userPoolId, true]]);
    const first = runs.userPoolId;
    runs.environment["USER_POOL_ID"] = another;
    const run = await runs.run();
    expect([run.value("WindowsOverdue"), run.value("WindowsNewlyOverdue"), run.value("WindowsOpen")]).toEqual([
      1, 1, 0,
    ]);
    expect(run.lines).toContainEqual(
      expect.objectContaining({
        level: "error",
        event: "windows-of-another-pool",
        fields: { userPoolId: first, open: 1, atLeast: false },
      }),
    );
    expect(await newly()).toBe(0);
    await runs.remove("one", first);
    expect((await runs.run()).value("WindowsOverdue")).toBe(0);
  });

  it("are looked for once, where a version without a memory may have served their pool", async () => {
    await runs.put([{ sub: "one", dueAt: inTime(day), userPoolId: another }]);
    const [first, second, third] = [await runs.run(), await runs.run(), await runs.run()];
    expect([first, second].map((run) => run.value("WindowsOverdue"))).toEqual([0, 1]);
    const looks = [first, second, third].map(({ calls }) => calls.filter((call) => call === "DynamoDB Scan").length);
    expect(looks).toEqual([1, 0, 0]);
  });

  it("are looked for as long as there is time, and where the last run stopped", async () => {
    await runs.put(Array.from({ length: 6_000 }, (_, index) => ({ sub: `user-${index}`, dueAt: inTime(day) })));
    await runs.put([{ sub: "one", dueAt: inTime(day), userPoolId: "us-east-1_Zzzzzzzzz" }]);
    const [first, second, third] = [await runs.run(10_000), await runs.run(10_000), await runs.run(10_000)];
    expect(await served()).toEqual(
      [
        ["us-east-1_Zzzzzzzzz", false],
        [runs.userPoolId, true],
      ].sort(),
    );
    expect([first, second, third].map((run) => run.value("ReconcilerHeartbeat"))).toEqual([1, 1, 1]);
    const looks = [first, second, third].map(({ calls }) => calls.filter((call) => call === "DynamoDB Scan").length);
    expect(looks).toEqual([1, 1, 0]);
  });

  it("do not stop the rest of the run when they cannot be found or counted", async () => {
    await runs.put([{ sub: "one", dueAt: inTime(-hour) }]);
    refuse("Scan");
    const run = await runs.run();
    expect([run.value("WindowsOverdue"), run.value("ReconcilerHeartbeat")]).toEqual([1, 1]);
    expect(run.nudged).toEqual(["one"]);
    expect(run.failure).toMatchObject({ name: "InternalServerError" });
    refuse(undefined);
    expect((await runs.run()).failure).toBeUndefined();
    expect(await served()).toEqual([[runs.userPoolId, true]]);
  });
});

describe("impossible windows", () => {
  it("count as overdue when they are due later than any window can be, and are named", async () => {
    await runs.put([
      { sub: "long", dueAt: inTime(30 * day) },
      { sub: "tampered", dueAt: "9999-01-01T00:00:00.000Z" },
      { sub: "odd@example.com", dueAt: inTime(31 * day) },
    ]);
    const run = await runs.run();
    expect([run.value("WindowsOverdue"), run.value("WindowsNewlyOverdue")]).toEqual([2, 2]);
    expect(run.lines).toContainEqual(
      expect.objectContaining({
        level: "error",
        event: "windows-impossible",
        fields: { impossible: 2, atLeast: false, subs: "… tampered" },
      }),
    );
    expect(await newly()).toBe(0);
  });

  it("do not include the longest windows of the policy from a clock that is ahead", async () => {
    await runs.put([{ sub: "long", dueAt: inTime(30 * day + 3 * minute) }]);
    expect((await runs.run()).value("WindowsOverdue")).toBe(0);
  });
});
