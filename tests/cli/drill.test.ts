import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  CreateGroupCommand,
  ListUsersCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { DeleteScheduleCommand, ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { afterEach, describe, expect, it } from "@jest/globals";
import { drill, type DrillOptions } from "../../cli/drill.ts";
import { simulatorAddress } from "../../shared/drill/drill-user.ts";
import { day, minute } from "../../shared/duration.ts";
import type { Stack } from "../../local/stack.ts";
import { operatorOf, startStack } from "../support/operations.ts";

let stack: Stack;
afterEach(() => stack.aws.stop());

const users = async () => {
  const { cognito } = operatorOf(stack).connection;
  return (await cognito.send(new ListUsersCommand({ UserPoolId: stack.userPoolId }))).Users?.length;
};

const counted = () =>
  stack.telemetry.values
    .filter(({ metric }) => metric.startsWith("Drill"))
    .map(({ metric, dimension }) => `${metric}${dimension === undefined ? "" : ` ${dimension.value}`}`);

/** Runs the function, and does something one minute into it. */
const runFunction = async (meanwhile: () => Promise<unknown> = async () => undefined) => {
  const outcome = stack.aws.lambda.invoke("drill", {});
  await stack.aws.clock.advanceBy(minute);
  await meanwhile();
  await stack.aws.clock.advanceBy(20 * minute);
  return outcome;
};

const deleteTimer = async () => {
  const { scheduler } = operatorOf(stack).connection;
  const GroupName = stack.outputs.ScheduleGroupName;
  const { Schedules } = await scheduler.send(new ListSchedulesCommand({ GroupName }));
  expect(Schedules).toHaveLength(1);
  for (const { Name } of Schedules ?? []) await scheduler.send(new DeleteScheduleCommand({ GroupName, Name }));
};

describe("the daily drill", () => {
  it("succeeds by way of the timer, sends nobody anything, and leaves no user", async () => {
    stack = await startStack();
    const calls: string[] = [];
    stack.aws.endpoint.faults = ({ caller, operation }) => {
      if (caller === "drill") calls.push(operation);
      return undefined;
    };
    expect(await runFunction()).toEqual({ payload: null });
    expect(counted()).toEqual(["DrillSucceeded"]);
    expect(await users()).toBe(0);
    expect(stack.aws.mailbox.mails.filter(({ to }) => to === simulatorAddress)).toEqual([]);
    expect(calls).toContain("CreateSchedule");
    const closed = stack.telemetry.lines.find(({ event }) => event === "window-closed");
    expect(closed?.fields).toMatchObject({ outcome: "re-enabled" });
    expect(stack.telemetry.lines.map((line) => JSON.stringify(line)).join()).not.toContain(simulatorAddress);
  });

  it("fails as late when the timer is gone and the reconciler closes the window", async () => {
    stack = await startStack();
    await runFunction(deleteTimer);
    expect(counted()).toEqual(["DrillFailed Late"]);
    expect(await users()).toBe(0);
  });

  it("fails when Email MFA does not come back, deletes the user, and the window closes", async () => {
    stack = await startStack();
    stack.aws.endpoint.faults = ({ caller, operation }) =>
      caller === "re-enable-mfa" && operation === "AdminSetUserMFAPreference" ? { kind: "no-effect" } : undefined;
    await runFunction();
    expect(counted()).toEqual(["DrillFailed NotClosed"]);
    expect(await users()).toBe(0);
    await stack.aws.clock.advanceBy(60 * minute);
    expect(stack.telemetry.lines.findLast(({ event }) => event === "window-closed")?.fields).toMatchObject({
      outcome: "user-gone",
    });
  });

  it("fails when the user cannot be deleted, and says so in the log", async () => {
    stack = await startStack();
    stack.aws.endpoint.faults = ({ operation }) =>
      operation === "AdminDeleteUser" ? { kind: "refuse", code: "NotAuthorizedException", message: "no" } : undefined;
    await runFunction();
    expect(counted()).toEqual(["DrillFailed NotAuthorizedException"]);
    expect(stack.telemetry.lines.find(({ event }) => event === "drill-failed")).toMatchObject({
      fields: { step: "delete", userLeft: true },
    });
  });

  it("joins the group of the scope, and without that group fails and leaves no user", async () => {
    stack = await startStack({ SCOPE: "group:staff" });
    await runFunction();
    expect(counted()).toEqual(["DrillFailed ResourceNotFoundException"]);
    expect(await users()).toBe(0);
    const { cognito } = operatorOf(stack).connection;
    await cognito.send(new CreateGroupCommand({ UserPoolId: stack.userPoolId, GroupName: "staff" }));
    await runFunction();
    expect(counted().at(-1)).toBe("DrillSucceeded");
  });

  it("counts nothing when it dies, and cleans up after the one that died", async () => {
    stack = await startStack();
    stack.aws.lambda.crashes = ({ functionName, calls }) =>
      functionName === "drill" && calls === 8 ? "after" : undefined;
    expect(await runFunction()).toMatchObject({ error: { errorType: "Runtime.ExitError" } });
    expect([counted(), await users()]).toEqual([[], 1]);
    stack.aws.lambda.crashes = () => undefined;
    await stack.aws.clock.advanceBy(day);
    await runFunction();
    expect([counted(), await users()]).toEqual([["DrillSucceeded"], 0]);
  });

  it("does nothing in observe mode", async () => {
    stack = await startStack({ MODE: "observe" });
    await runFunction();
    expect([counted(), await users()]).toEqual([[], 0]);
  });
});

describe("mfactl drill", () => {
  const play = async (operator: ReturnType<typeof operatorOf>, options: DrillOptions) => {
    const played = stack.aws.clock.track(() => drill(operator.context, options));
    const outcome = played.then(
      () => undefined,
      (error: unknown) => error,
    );
    await stack.aws.clock.advanceBy(15 * minute);
    return outcome;
  };

  it("tells each step, and how late Email MFA was on again", async () => {
    stack = await startStack();
    const operator = operatorOf(stack);
    expect(await play(operator, { for: 30_000 })).toBeUndefined();
    const steps = operator.said.map((line) => line.split(":")[0]);
    expect([...new Set(steps.slice(1, -1))]).toEqual(["create", "email-mfa-on", "open", "wait", "read-back", "delete"]);
    expect(operator.said.at(-1)).toContain("The drill succeeded");
    expect(await users()).toBe(0);
  });

  it("does not touch a person who has the address", async () => {
    stack = await startStack();
    const operator = operatorOf(stack);
    const { cognito } = operator.connection;
    const person = { UserPoolId: stack.userPoolId, Username: "ken@example.com" };
    await cognito.send(new AdminCreateUserCommand({ ...person, MessageAction: "SUPPRESS" }));
    const before = await cognito.send(new AdminGetUserCommand(person));
    await stack.aws.clock.advanceBy(day);
    expect(await play(operator, { for: 30_000, email: person.Username })).toMatchObject({
      kind: "drill-failed",
      details: { step: "create", reason: "DrillUserError" },
    });
    const { $metadata: _, ...after } = await cognito.send(new AdminGetUserCommand(person));
    expect(before).toMatchObject(after);
  });

  it("does not get in the way of a drill that is running", async () => {
    stack = await startStack();
    const operator = operatorOf(stack);
    await runFunction(async () => {
      await expect(drill(operator.context, { for: 0 })).rejects.toMatchObject({
        kind: "drill-failed",
        message: expect.stringContaining("Another drill is running"),
      });
    });
    expect(counted()).toEqual(["DrillSucceeded"]);
  });
});
