import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  CreateGroupCommand,
  ListUsersCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { DeleteScheduleCommand, ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { afterEach, describe, expect, it } from "@jest/globals";
import { drill, type DrillOptions } from "../../cli/commands/drill.ts";
import type { Stack } from "../../local/stack.ts";
import { day, minute } from "../../shared/config/duration.ts";
import { drillUserName, simulatorAddress } from "../../shared/drill/drill-user.ts";
import { operatorOf, startOperationsStack } from "../support/operations.ts";

let stack: Stack;
afterEach(() => stack.aws.stop());

const users = async () => {
  const { cognito } = operatorOf(stack).connection;
  return (await cognito.send(new ListUsersCommand({ UserPoolId: stack.userPoolId }))).Users?.length;
};

const made = async (Username: string, attributes: Record<string, string> = {}) => {
  const { cognito } = operatorOf(stack).connection;
  const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
  const user = { UserPoolId: stack.userPoolId, Username };
  const { User } = await cognito.send(
    new AdminCreateUserCommand({ ...user, MessageAction: "SUPPRESS", UserAttributes }),
  );
  await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password: "Correct-horse-7", Permanent: true }));
  return User?.Username ?? "";
};

const ledgerKeys = async () => (await operatorOf(stack).connection.drillLedger.list(100)).map(({ key }) => key);

/** Runs a drill to list its calls, and another one that dies right after the call with this name. */
const dieAfter = async (operation: string) => {
  const operations: string[] = [];
  stack.aws.endpoint.faults = ({ caller, operation: called }) => {
    if (caller === "drill") operations.push(called);
    return undefined;
  };
  await runFunction();
  stack.aws.endpoint.faults = () => undefined;
  const last = operations.indexOf(operation) + 1;
  stack.aws.lambda.crashes = ({ functionName, calls }) =>
    functionName === "drill" && calls === last ? "after" : undefined;
  const outcome = await runFunction();
  stack.aws.lambda.crashes = () => undefined;
  return outcome;
};

const counted = () =>
  stack.telemetry.values
    .filter(({ metric }) => metric.startsWith("Drill"))
    .map(({ metric, dimension }) => `${metric}${dimension === undefined ? "" : ` ${dimension.value}`}`);

/** Runs the function, and a task one minute after its start. */
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
  it("succeeds through the timer, sends no messages, and leaves no user", async () => {
    stack = await startOperationsStack();
    const calls: string[] = [];
    stack.aws.endpoint.faults = ({ caller, operation }) => {
      if (caller === "drill") calls.push(operation);
      return undefined;
    };
    expect(await runFunction()).toEqual({ payload: null });
    expect(counted()).toEqual(["DrillSucceeded"]);
    expect(await users()).toBe(0);
    expect(stack.aws.mailbox.mails.filter(({ to }) => to.includes("drill"))).toEqual([]);
    expect(await ledgerKeys()).toEqual([]);
    expect(calls).toContain("CreateSchedule");
    const closed = stack.telemetry.lines.find(({ event }) => event === "window-closed");
    expect(closed?.fields).toMatchObject({ outcome: "re-enabled" });
    expect(stack.telemetry.lines.map((line) => JSON.stringify(line)).join()).not.toContain("@");
  });

  it("fails as late when the timer is gone and the reconciler closes the window", async () => {
    stack = await startOperationsStack();
    await runFunction(deleteTimer);
    expect(counted()).toEqual(["DrillFailed Late"]);
    expect(await users()).toBe(0);
  });

  it("fails when Email MFA does not come back, deletes the user, and the window closes", async () => {
    stack = await startOperationsStack();
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
    stack = await startOperationsStack();
    stack.aws.endpoint.faults = ({ operation }) =>
      operation === "AdminDeleteUser" ? { kind: "refuse", code: "NotAuthorizedException", message: "no" } : undefined;
    await runFunction();
    expect(counted()).toEqual(["DrillFailed NotAuthorizedException"]);
    expect(stack.telemetry.lines.find(({ event }) => event === "drill-failed")).toMatchObject({
      fields: { step: "delete", userLeft: true },
    });
  });

  it("joins the group of the scope, and without that group fails and leaves no user", async () => {
    stack = await startOperationsStack({ SCOPE: "group:staff" });
    await runFunction();
    expect(counted()).toEqual(["DrillFailed ResourceNotFoundException"]);
    expect(await users()).toBe(0);
    const { cognito } = operatorOf(stack).connection;
    await cognito.send(new CreateGroupCommand({ UserPoolId: stack.userPoolId, GroupName: "staff" }));
    await runFunction();
    expect(counted().at(-1)).toBe("DrillSucceeded");
  });

  it("counts nothing when it dies, and cleans up after the one that died", async () => {
    stack = await startOperationsStack();
    stack.aws.lambda.crashes = ({ functionName, calls }) =>
      functionName === "drill" && calls === 8 ? "after" : undefined;
    expect(await runFunction()).toMatchObject({ error: { errorType: "Runtime.ExitError" } });
    expect([counted(), await users()]).toEqual([[], 1]);
    stack.aws.lambda.crashes = () => undefined;
    await stack.aws.clock.advanceBy(day);
    await runFunction();
    expect([counted(), await users()]).toEqual([["DrillSucceeded"], 0]);
  });

  it.each(["AdminCreateUser", "AdminSetUserPassword", "CreateSchedule"])(
    "deletes the user of a drill that died after %s, whose sub it may not know",
    async (operation) => {
      stack = await startOperationsStack();
      expect(await dieAfter(operation)).toMatchObject({ error: { errorType: "Runtime.ExitError" } });
      expect(await users()).toBe(1);
      await stack.aws.clock.advanceBy(day);
      await runFunction();
      expect([counted(), await users()]).toEqual([["DrillSucceeded", "DrillSucceeded"], 0]);
      await stack.aws.clock.advanceBy(day);
      await runFunction();
      expect([counted().length, await ledgerKeys()]).toEqual([3, []]);
    },
  );

  it("succeeds even if strangers have taken its names, addresses and attributes, and does not touch them", async () => {
    stack = await startOperationsStack();
    await made(simulatorAddress, { name: drillUserName });
    await runFunction();
    expect([counted(), await users()]).toEqual([["DrillSucceeded"], 1]);
  });

  it("does not touch a user who took the name of one that a dead drill left", async () => {
    stack = await startOperationsStack();
    await dieAfter("CreateSchedule");
    const [name = ""] = await ledgerKeys();
    const { cognito } = operatorOf(stack).connection;
    await cognito.send(new AdminDeleteUserCommand({ UserPoolId: stack.userPoolId, Username: name }));
    await made(name, { name: drillUserName });
    await stack.aws.clock.advanceBy(day);
    await runFunction();
    expect([counted().length, await users(), await ledgerKeys()]).toEqual([2, 1, []]);
  });

  it("keeps a user in mind whom Cognito says to have deleted and has not", async () => {
    stack = await startOperationsStack();
    stack.aws.endpoint.faults = ({ operation }) =>
      operation === "AdminDeleteUser" ? { kind: "no-effect" } : undefined;
    await runFunction();
    expect([counted(), await users()]).toEqual([["DrillFailed UserLeft"], 1]);
    stack.aws.endpoint.faults = () => undefined;
    await stack.aws.clock.advanceBy(day);
    await runFunction();
    expect([counted().at(-1), await users()]).toEqual(["DrillSucceeded", 0]);
  });

  it("is played with a standing user, which it neither makes nor deletes", async () => {
    stack = await startOperationsStack({ DRILL_USER: "standing@example.com" });
    await made("standing@example.com", { name: drillUserName, email: "standing@example.com", email_verified: "true" });
    const calls: string[] = [];
    stack.aws.endpoint.faults = ({ caller, operation, service }) => {
      if (caller === "drill" && service === "cognito-idp") calls.push(operation);
      return undefined;
    };
    await runFunction();
    await stack.aws.clock.advanceBy(day);
    await runFunction();
    expect([counted(), await users()]).toEqual([["DrillSucceeded", "DrillSucceeded"], 1]);
    expect([...new Set(calls)].sort()).toEqual(["AdminGetUser", "AdminSetUserMFAPreference"]);
  });

  it.each([
    ["does not exist", undefined],
    ["is not marked as a drill's", { name: "Ken" }],
  ])("fails, and changes nobody, when the standing user %s", async (_what, attributes) => {
    stack = await startOperationsStack({ DRILL_USER: "standing@example.com" });
    if (attributes !== undefined) await made("standing@example.com", attributes);
    await runFunction();
    expect(counted()).toEqual(["DrillFailed DrillUserError"]);
    expect(stack.telemetry.lines.find(({ event }) => event === "drill-failed")?.fields).toMatchObject({ step: "find" });
  });

  it("does nothing when it is left out", async () => {
    stack = await startOperationsStack({ DRILL: "false" });
    await runFunction();
    expect([counted(), await users()]).toEqual([[], 0]);
  });

  it("does nothing in observe mode", async () => {
    stack = await startOperationsStack({ MODE: "observe" });
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

  it("reports each step, and how late Email MFA was on again", async () => {
    stack = await startOperationsStack();
    const operator = operatorOf(stack);
    expect(await play(operator, { for: 30_000 })).toBeUndefined();
    const steps = operator.said.map((line) => line.split(":")[0]);
    expect([...new Set(steps.slice(1, -1))]).toEqual(["create", "email-mfa-on", "open", "wait", "read-back", "delete"]);
    expect(operator.said.at(-1)).toContain("The drill succeeded");
    expect(await users()).toBe(0);
  });

  it("does not touch a person who has the address of --email: its user gets one of its own", async () => {
    stack = await startOperationsStack();
    const operator = operatorOf(stack);
    const { cognito } = operator.connection;
    const Username = await made("ken@example.com");
    const person = { UserPoolId: stack.userPoolId, Username };
    const before = await cognito.send(new AdminGetUserCommand(person));
    await stack.aws.clock.advanceBy(day);
    expect(await play(operator, { for: 30_000, email: "ken@example.com" })).toBeUndefined();
    const { $metadata: _, ...after } = await cognito.send(new AdminGetUserCommand(person));
    expect(before).toMatchObject(after);
  });

  it("takes the stack's standing user, unless --email asks for a new one", async () => {
    stack = await startOperationsStack();
    const operator = operatorOf(stack);
    operator.connection.outputs = { ...operator.connection.outputs, DrillUser: "standing@example.com" };
    await made("standing@example.com", { name: drillUserName, email: "standing@example.com", email_verified: "true" });
    expect(await play(operator, { for: 30_000 })).toBeUndefined();
    expect(operator.said[0]).toContain("standing user");
    expect(operator.said.at(-1)).not.toContain("deleted");
    expect(await play(operator, { for: 30_000, email: "drill@example.com" })).toBeUndefined();
    expect([operator.said.at(-1), await users()]).toEqual([expect.stringContaining("The user is deleted"), 1]);
  });

  it("can run while another drill does", async () => {
    stack = await startOperationsStack();
    const operator = operatorOf(stack);
    let second: Promise<unknown> = Promise.resolve();
    await runFunction(async () => {
      second = stack.aws.clock.track(() => drill(operator.context, { for: 30_000 }));
    });
    await second;
    expect([counted(), await users(), await ledgerKeys()]).toEqual([["DrillSucceeded"], 0, []]);
  });
});
