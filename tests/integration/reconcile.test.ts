import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { names } from "../../local/service-names.ts";
import { hour, minute } from "../../shared/config/duration.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { aBatch, aRecord } from "../support/messages.ts";
import { startStack, type TestStack, type TestUser } from "../support/stack.ts";

let stack: TestStack;
beforeEach(async () => {
  stack = await startStack({ GRACE_PERIOD: "30m", RE_ENABLE_RATE: "1" });
});
afterEach(() => stack.stop());

const exempt = async (): Promise<TestUser> => {
  const user = await stack.user({ emailMfa: false });
  await stack.aws.lambda.invoke("record-reset", aBatch(aRecord("reset-confirmed", user, stack.aws.clock.now())));
  return user;
};
const latest = (metric: string) => stack.telemetry.values.findLast((value) => value.metric === metric)?.value;

describe("reconcile", () => {
  it("closes windows whose timers are lost within six minutes of due", async () => {
    stack.aws.scheduler.lateness = () => 24 * hour;
    const user = await exempt();
    const { open } = await stack.find(user);
    await stack.aws.clock.advanceTo(plus(open?.dueAt ?? new Date(0), 6 * minute));
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled" });
  });

  it("finds the others when a row makes no sense, and counts that one as overdue", async () => {
    stack.aws.scheduler.lateness = () => 24 * hour;
    const user = await exempt();
    const nonsense = { user: "pool#nobody", item: "open", openIn: stack.userPoolId, dueAt: "1999", attempts: "many" };
    const documents = DynamoDBDocumentClient.from(new DynamoDBClient(stack.aws.clientOptions("test")));
    await documents.send(new PutCommand({ TableName: names.windowsTable, Item: nonsense }));
    await stack.aws.clock.advanceBy(36 * minute);
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled" });
    expect(latest("WindowsOverdue")).toBe(1);
    expect(stack.telemetry.lines).toContainEqual(expect.objectContaining({ event: "windows-unreadable" }));
  });

  it("leaves a window to its timer in the first minute after due", async () => {
    stack.aws.scheduler.lateness = () => 24 * hour;
    const user = await exempt();
    await stack.aws.clock.advanceBy(30 * minute + 59_000);
    await stack.aws.lambda.invoke("reconcile", {});
    await stack.aws.clock.settle();
    expect((await stack.find(user)).open).toBeDefined();
  });

  it("reports the overdue and the oldest of them, and its own heartbeat", async () => {
    await exempt();
    await exempt();
    stack.aws.endpoint.faults = ({ operation, caller }) =>
      operation === "AdminSetUserMFAPreference" && caller === "re-enable-mfa" ? { kind: "throttle" } : undefined;
    await stack.aws.clock.advanceBy(30 * minute);
    expect([latest("WindowsOverdue"), latest("ReconcilerHeartbeat")]).toEqual([0, 1]);
    await stack.aws.clock.advanceBy(15 * minute);
    expect(latest("WindowsOverdue")).toBe(0);
    await stack.aws.clock.advanceBy(5 * minute);
    expect(latest("WindowsOverdue")).toBe(2);
    expect(latest("OldestOverdue")).toBe(20 * 60);
  });

  it("does not nudge a window before its next try", async () => {
    const user = await exempt();
    stack.aws.endpoint.faults = ({ operation, caller }) =>
      operation === "AdminSetUserMFAPreference" && caller === "re-enable-mfa" ? { kind: "throttle" } : undefined;
    await stack.aws.clock.advanceBy(4 * hour);
    const { open } = await stack.find(user);
    const mark = stack.calls.length;
    await stack.aws.clock.advanceTo(plus(open?.nextTryAt ?? new Date(0), -1));
    expect(stack.callsOf("re-enable-mfa", mark)).toEqual([]);
  });

  it("nudges the longest due first", async () => {
    stack.aws.scheduler.lateness = () => 24 * hour;
    const [first, second] = [await exempt(), await stack.aws.clock.advanceBy(minute).then(exempt)];
    await stack.aws.clock.advanceBy(35 * minute);
    const closed = stack.telemetry.lines
      .filter(({ event }) => event === "window-closed")
      .map(({ fields }) => fields["sub"]);
    expect(closed).toEqual([first.sub, second.sub]);
  });

  it("counts the overdue also while the queue is down, without a heartbeat", async () => {
    stack.aws.scheduler.lateness = () => 24 * hour;
    await exempt();
    await stack.aws.clock.advanceBy(29 * minute);
    stack.aws.endpoint.faults = ({ service }) => (service === "SQS" ? { kind: "server-error" } : undefined);
    const beats = () => stack.telemetry.values.filter(({ metric }) => metric === "ReconcilerHeartbeat").length;
    const before = beats();
    await stack.aws.clock.advanceBy(hour);
    expect(latest("WindowsOverdue")).toBe(1);
    expect(beats()).toBe(before);
  });

  it("has no heartbeat when it fails", async () => {
    stack.aws.endpoint.faults = ({ caller }) => (caller === "reconcile" ? { kind: "server-error" } : undefined);
    expect(await stack.aws.lambda.invoke("reconcile", {})).toMatchObject({
      error: { errorType: "InternalServerError" },
    });
    expect(latest("ReconcilerHeartbeat")).toBeUndefined();
  });
});
