import {
  AdminDeleteUserCommand,
  CreateGroupCommand,
  AdminAddUserToGroupCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { aBatch, aRecord, batchReceived } from "../support/messages.ts";
import { noRow } from "../support/no-row.ts";
import { start, startStack, type TestStack } from "../support/stack.ts";

let stack: TestStack;
const deploy = async (parameters: Record<string, string> = {}) => {
  await stack?.stop();
  stack = await startStack(parameters);
};
beforeEach(() => deploy());
afterEach(() => stack.stop());

const record = (...bodies: unknown[]) => stack.aws.lambda.invoke("record-reset", aBatch(...bodies));
const allDone = { payload: { batchItemFailures: [] } };

describe("record-reset", () => {
  describe.each(["reset-requested", "reset-confirmed"])("with a %s", (kind) => {
    it("opens a window, due after the grace period, for a user without any factor", async () => {
      const user = await stack.user({ emailMfa: false });
      expect(await record(aRecord(kind, user, start))).toEqual(allDone);
      const { open } = await stack.find(user);
      expect(open).toMatchObject({
        origin: kind,
        username: user.username,
        openedAt: start,
        dueAt: plus(start, day),
        cap: plus(start, 3 * day),
        counts: { [kind]: 1 },
        factorsBefore: { active: [] },
      });
    });

    it("opens none for a user with Email MFA, and remembers that it was on", async () => {
      const user = await stack.user();
      expect(await record(aRecord(kind, user, start))).toEqual(allDone);
      expect(await stack.find(user)).toEqual({ version: 0, seen: { checkedAt: start, known: true, emailMfa: true } });
    });
  });

  it("makes the timer after the window, and under its name", async () => {
    const user = await stack.user({ emailMfa: false });
    await record(aRecord("reset-confirmed", user, start));
    const { open } = await stack.find(user);
    expect(stack.callsOf("record-reset")).toEqual([
      "DynamoDB GetItem",
      "cognito-idp AdminGetUser",
      "DynamoDB UpdateItem",
      "Scheduler CreateSchedule",
    ]);
    const schedule = stack.calls.find(({ operation }) => operation === "CreateSchedule");
    expect(schedule?.input).toMatchObject({
      ScheduleExpression: "at(2026-03-02T00:00:00)",
      ActionAfterCompletion: "DELETE",
    });
    expect(JSON.stringify(schedule?.input)).toContain(open?.windowId);
  });

  it("moves the end for a confirmed reset, and the timer with it: first the new one, then the old one goes", async () => {
    const user = await stack.user({ emailMfa: false });
    await record(aRecord("reset-requested", user, start));
    await stack.aws.clock.advanceBy(hour);
    const mark = stack.calls.length;
    await record(aRecord("reset-confirmed", user, plus(start, hour)));
    expect((await stack.find(user)).open).toMatchObject({
      dueAt: plus(start, day + hour),
      counts: { "reset-confirmed": 1 },
    });
    const timers = stack.callsOf("record-reset", mark).filter((call) => call.startsWith("Scheduler"));
    expect(timers).toEqual(["Scheduler CreateSchedule", "Scheduler DeleteSchedule"]);
    await stack.aws.clock.advanceTo(plus(start, day + 2 * minute));
    expect(stack.callsOf("scheduler")).toEqual([]);
  });

  it("goes on when the old timer cannot be taken back, and says so", async () => {
    const user = await stack.user({ emailMfa: false });
    await record(aRecord("reset-requested", user, start));
    stack.aws.endpoint.faults = ({ operation }) =>
      operation === "DeleteSchedule" ? { kind: "server-error" } : undefined;
    await stack.aws.clock.advanceBy(hour);
    expect(await record(aRecord("reset-confirmed", user, plus(start, hour)))).toEqual(allDone);
    expect(stack.telemetry.lines.map(({ event }) => event)).toContain("timer-left");
    await stack.aws.clock.advanceTo(plus(start, day + hour + 2 * minute));
    expect((await stack.find(user)).lastClosed).toMatchObject({
      outcome: "re-enabled",
      dueAt: plus(start, day + hour),
    });
  });

  it("records a request on an open window without a call to Cognito or Scheduler", async () => {
    const user = await stack.user({ emailMfa: false });
    await record(aRecord("reset-requested", user, start));
    const mark = stack.calls.length;
    await record(aRecord("reset-requested", user, plus(start, hour)));
    expect(stack.callsOf("record-reset", mark)).toEqual(["DynamoDB GetItem", "DynamoDB UpdateItem"]);
    expect((await stack.find(user)).open).toMatchObject({ dueAt: plus(start, day), counts: { "reset-requested": 2 } });
  });

  it("takes a replay for done, and sees to the timer that may be missing", async () => {
    const user = await stack.user({ emailMfa: false });
    const fact = aRecord("reset-confirmed", user, start);
    await record(fact);
    const { open } = await stack.find(user);
    const mark = stack.calls.length;
    expect(await record(fact)).toEqual(allDone);
    expect((await stack.find(user)).open).toEqual(open);
    expect(stack.callsOf("record-reset", mark)).toEqual(["DynamoDB GetItem", "Scheduler CreateSchedule"]);
  });

  it("closes a window at once whose end has passed when the fact arrives", async () => {
    const user = await stack.user({ emailMfa: false });
    await stack.aws.clock.advanceBy(2 * day);
    await record(aRecord("reset-confirmed", user, start));
    await stack.aws.clock.settle();
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled", dueAt: plus(start, day) });
    expect(await stack.hasEmailMfa(user)).toBe(true);
  });

  it("opens nothing for a user who is gone at two looks, or whose name belongs to another user now", async () => {
    const user = await stack.user({ emailMfa: false, known: false });
    const other = { ...(await stack.user({ emailMfa: false })), sub: user.sub };
    await stack.cognito.send(new AdminDeleteUserCommand({ UserPoolId: user.userPoolId, Username: user.username }));
    for (const missing of [other, user]) {
      const fact = aRecord("reset-confirmed", missing, start);
      expect(await record(fact)).toEqual({ payload: { batchItemFailures: [{ itemIdentifier: "m0" }] } });
      expect(await stack.aws.lambda.invoke("record-reset", batchReceived(2, fact))).toEqual(allDone);
    }
    expect(await stack.find(user)).toEqual(noRow);
    expect(stack.telemetry.values.filter(({ metric }) => metric === "MessageFailed")).toEqual([]);
  });

  it("loses no reset to one answer of Cognito's that the user does not exist", async () => {
    const user = await stack.user({ emailMfa: false });
    stack.aws.endpoint.faults = ({ operation }) =>
      operation === "AdminGetUser"
        ? { kind: "refuse", code: "UserNotFoundException", message: "User does not exist." }
        : undefined;
    const fact = aRecord("reset-confirmed", user, start);
    expect(await record(fact)).toEqual({ payload: { batchItemFailures: [{ itemIdentifier: "m0" }] } });
    stack.aws.endpoint.faults = () => undefined;
    expect(await stack.aws.lambda.invoke("record-reset", batchReceived(2, fact))).toEqual(allDone);
    expect((await stack.find(user)).open).toMatchObject({ origin: "reset-confirmed" });
  });

  it("does not take the one look that it gets for two, when the delivery before failed", async () => {
    const user = await stack.user({ emailMfa: false });
    let looks = 0;
    stack.aws.endpoint.faults = ({ operation }) =>
      operation === "AdminGetUser" && ++looks === 1
        ? { kind: "refuse", code: "UserNotFoundException", message: "User does not exist." }
        : undefined;
    const fact = aRecord("reset-confirmed", user, start);
    expect(await stack.aws.lambda.invoke("record-reset", batchReceived(2, fact))).toEqual(allDone);
    expect((await stack.find(user)).open).toMatchObject({ origin: "reset-confirmed" });
  });

  it("opens nothing for a federated user", async () => {
    const { username, sub } = stack.aws.cognito.seedFederatedUser(stack.userPoolId, {
      provider: "Okta",
      userId: "u-1",
      email: "federated@example.com",
    });
    const user = { userPoolId: stack.userPoolId, username, sub, email: "" };
    expect(await record(aRecord("reset-confirmed", user, start))).toEqual(allDone);
    expect(await stack.find(user)).toEqual(noRow);
  });

  describe.each(["reset-requested", "reset-confirmed", "signed-in"])(
    "told of a %s of a user who never had Email MFA",
    (kind) => {
      it.each(["all", "known"])("only remembers the look, with scope %s", async (scope) => {
        await deploy({ SCOPE: scope });
        const user = await stack.user({ emailMfa: false, known: false });
        await record(aRecord(kind, user, start));
        expect(await stack.find(user)).toEqual({
          version: 0,
          seen: { checkedAt: start, known: false, emailMfa: false },
        });
      });

      it("opens a window where the policy enrols", async () => {
        await deploy({ ENROL: "true" });
        const user = await stack.user({ emailMfa: false, known: false });
        await record(aRecord(kind, user, start));
        expect((await stack.find(user)).open).toBeDefined();
      });
    },
  );

  describe("with a sign-in", () => {
    it("calls it drift when Email MFA was on before and is off now", async () => {
      const user = await stack.user();
      await record(aRecord("signed-in", user, start));
      await stack.setEmailMfa(user, false);
      await record(aRecord("signed-in", user, plus(start, 1)));
      expect((await stack.find(user)).open).toMatchObject({ origin: "drift" });
    });

    it("opens a window for that user where the policy enrols", async () => {
      await deploy({ ENROL: "true" });
      const user = await stack.user({ emailMfa: false, known: false });
      await record(aRecord("signed-in", user, start));
      expect((await stack.find(user)).open).toMatchObject({ origin: "enrol" });
    });

    it("closes an open window when Email MFA is found on", async () => {
      const user = await stack.user({ emailMfa: false });
      await record(aRecord("reset-confirmed", user, start));
      await stack.setEmailMfa(user, true);
      await record(aRecord("signed-in", user, plus(start, 1)));
      const { open, lastClosed } = await stack.find(user);
      expect(open).toBeUndefined();
      expect(lastClosed).toMatchObject({ outcome: "already-enabled", counts: { "signed-in": 1 } });
    });

    it("closes the window at once after a confirmed reset where the policy says so", async () => {
      await deploy({ CLOSE_ON_SIGN_IN: "true" });
      const user = await stack.user({ emailMfa: false });
      await record(aRecord("reset-confirmed", user, start), aRecord("signed-in", user, plus(start, 1)));
      await stack.aws.clock.settle();
      expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled" });
    });
  });

  describe("by scope", () => {
    it("known: covers only users whose Email MFA was seen on", async () => {
      await deploy({ SCOPE: "known" });
      const [known, unknown] = [await stack.user(), await stack.user({ emailMfa: false, known: false })];
      await record(aRecord("signed-in", known, start));
      await stack.setEmailMfa(known, false);
      await record(aRecord("reset-confirmed", known, start), aRecord("reset-confirmed", unknown, start));
      expect((await stack.find(known)).open).toBeDefined();
      expect((await stack.find(unknown)).open).toBeUndefined();
    });

    it("group: covers only the members of the group", async () => {
      await deploy({ SCOPE: "group:staff" });
      const [member, stranger] = [await stack.user({ emailMfa: false }), await stack.user({ emailMfa: false })];
      const UserPoolId = stack.userPoolId;
      await stack.cognito.send(new CreateGroupCommand({ UserPoolId, GroupName: "staff" }));
      await stack.cognito.send(
        new AdminAddUserToGroupCommand({ UserPoolId, GroupName: "staff", Username: member.username }),
      );
      await record(aRecord("reset-confirmed", member, start), aRecord("reset-confirmed", stranger, start));
      expect((await stack.find(member)).open).toBeDefined();
      expect((await stack.find(stranger)).open).toBeUndefined();
    });
  });

  it("copies malformed messages to the dead-letter queue with the reason, and handles the rest of the batch", async () => {
    const user = await stack.user({ emailMfa: false });
    const good = aRecord("reset-confirmed", user, start);
    const bad = [
      "not json",
      { ...good, version: 2 },
      { ...good, kind: "x" },
      { ...good, at: "yesterday" },
      { ...good, userPoolId: "us-east-1_Other" },
    ];
    expect(await record(...bad, good)).toEqual(allDone);
    expect((await stack.find(user)).open).toBeDefined();
    const dead = stack.aws.sqs.findByName("records-dlq").receive(10);
    expect(dead.map(({ body }) => body)).toEqual(
      bad.map((body) => (typeof body === "string" ? body : JSON.stringify(body))),
    );
    const reasons = stack.telemetry.lines
      .filter(({ event }) => event === "message-malformed")
      .map(({ fields }) => fields["reason"]);
    expect(reasons).toEqual([
      "not JSON",
      "version: expected 1",
      'kind: expected ("reset-requested" | "reset-confirmed" | "signed-in")',
      expect.stringContaining("at: expected /"),
      "the message: expected a record of this stack's user pool",
    ]);
  });

  it("copies a message at once if its username is impossible in Cognito, and does not ask Cognito", async () => {
    const user = await stack.user({ emailMfa: false });
    const good = aRecord("reset-confirmed", user, start);
    const mark = stack.calls.length;
    const names = ["", "two words", "a\u0000", "line\nbreak", "zero\u200bwidth", "\ud800", "x".repeat(129)];
    const bad = names.flatMap((name) => [
      { ...good, username: name },
      { ...good, sub: name },
    ]);
    expect(await record(...bad)).toEqual(allDone);
    expect(stack.callsOf("record-reset", mark)).toEqual(bad.map(() => "SQS SendMessage"));
    expect(stack.aws.sqs.findByName("records-dlq").count().visible).toBe(bad.length);
  });

  it("copies at once a record whose username Cognito refuses", async () => {
    const user = await stack.user({ emailMfa: false });
    stack.aws.endpoint.faults = ({ operation }) =>
      operation === "AdminGetUser"
        ? { kind: "refuse", code: "InvalidParameterException", message: "Value at 'username' failed" }
        : undefined;
    expect(await record(aRecord("reset-confirmed", user, start))).toEqual(allDone);
    const [letter] = stack.aws.sqs.findByName("records-dlq").receive(10);
    expect(letter?.messageAttributes["reason"]?.StringValue).toBe("username: expected one that Cognito takes");
    expect(stack.telemetry.values.map(({ metric }) => metric)).toEqual(["MessageMalformed"]);
  });

  it("returns only the failed messages to the queue", async () => {
    const [one, two] = [await stack.user({ emailMfa: false }), await stack.user({ emailMfa: false })];
    stack.aws.endpoint.faults = ({ operation, input }) =>
      operation === "AdminGetUser" && input["Username"] === one.username ? { kind: "server-error" } : undefined;
    const outcome = await record(aRecord("reset-confirmed", one, start), aRecord("reset-confirmed", two, start));
    expect(outcome).toEqual({ payload: { batchItemFailures: [{ itemIdentifier: "m0" }] } });
    expect((await stack.find(two)).open).toBeDefined();
    expect(stack.telemetry.values.filter(({ metric }) => metric === "MessageFailed")).toHaveLength(1);
  });

  it("opens one window for two facts that arrive at the same moment", async () => {
    const user = await stack.user({ emailMfa: false });
    await Promise.all([
      record(aRecord("reset-requested", user, start)),
      record(aRecord("reset-confirmed", user, start)),
    ]);
    const { open } = await stack.find(user);
    expect(open?.counts).toMatchObject({ "reset-requested": 1, "reset-confirmed": 1 });
    expect(stack.telemetry.lines.filter(({ event }) => event === "window-opened")).toHaveLength(1);
  });

  describe("with a fact that comes after its window has closed", () => {
    const closedWindow = async (parameters: Record<string, string> = {}) => {
      await deploy({ GRACE_PERIOD: "1h", ...parameters });
      const user = await stack.user({ emailMfa: false });
      await record(aRecord("reset-confirmed", user, start));
      await stack.aws.clock.advanceBy(hour + minute);
      return user;
    };

    it("notes it on the closed window, once, and opens none", async () => {
      const user = await closedWindow();
      const late = aRecord("signed-in", user, plus(start, 1000));
      await record(late);
      await record(late);
      const { open, lastClosed } = await stack.find(user);
      expect(open).toBeUndefined();
      expect(lastClosed).toMatchObject({ outcome: "re-enabled", counts: { "reset-confirmed": 1, "signed-in": 1 } });
    });

    it("opens none for a replay while the policy only observes, though the user is without Email MFA", async () => {
      const user = await closedWindow({ MODE: "observe" });
      await record(aRecord("reset-confirmed", user, start));
      expect(await stack.find(user)).toMatchObject({ lastClosed: { outcome: "observed" } });
      expect((await stack.find(user)).open).toBeUndefined();
    });

    it("notes it on the window during which it happened, and not on the one that is open now", async () => {
      const user = await closedWindow();
      const first = (await stack.find(user)).lastClosed;
      for (let more = 2; more > 0; more -= 1) {
        await stack.setEmailMfa(user, false);
        await record(aRecord("reset-confirmed", user, stack.aws.clock.now()));
        if (more > 1) await stack.aws.clock.advanceBy(2 * hour);
      }
      const before = await stack.find(user);
      await record(aRecord("signed-in", user, plus(start, 1000)));
      const after = await stack.find(user);
      expect(after.open).toEqual(before.open);
      const noted = await stack.operator.windows.findInHistory(user, plus(start, hour));
      expect(noted).toMatchObject({ windowId: first?.windowId, counts: { "signed-in": 1 } });
    });

    it("opens a window from the closing on for a user who is without Email MFA again", async () => {
      const user = await closedWindow();
      const closedAt = (await stack.find(user)).lastClosed?.closedAt ?? new Date(0);
      await stack.setEmailMfa(user, false);
      await record(aRecord("reset-requested", user, plus(start, 1000)));
      expect((await stack.find(user)).open).toMatchObject({ openedAt: plus(closedAt, 1) });
    });
  });
});
