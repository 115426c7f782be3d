import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { finishWindow } from "../../shared/lifecycle/finish-window.ts";
import { closeByOperator, extendByOperator, openByOperator } from "../../shared/lifecycle/operate.ts";
import { reEnable } from "../../shared/lifecycle/re-enable.ts";
import { dueMessage } from "../../shared/queues/timers.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { closeWindow } from "../../shared/windows/window.ts";
import { aBatch, aRecord, aTrigger } from "../support/messages.ts";
import { noRow } from "../support/no-row.ts";
import { start, startStack, type TestStack, type TestUser } from "../support/stack.ts";

let stack: TestStack;
const deploy = async (parameters: Record<string, string> = {}) => {
  await stack?.stop();
  stack = await startStack(parameters);
};
beforeEach(() => deploy());
afterEach(() => stack.stop());

const on = { active: ["EMAIL_OTP"] };
const act = { by: "arn:helpdesk", reason: "cannot sign in", ticket: "HD-1" };
const found = async (user: TestUser) => {
  const { open: window } = await stack.find(user);
  if (window === undefined) throw new Error("No window is open.");
  return window;
};
const rowOf = async (user: TestUser) => ({ ...(await stack.find(user)), open: await found(user) });
const open = (user: TestUser, grace = day) => openByOperator(stack.operator, user.username, act, grace);

describe("openByOperator", () => {
  it("keeps the factors, writes the window, makes the timer, then switches Email MFA off and reads it back", async () => {
    const user = await stack.user();
    await stack.operator.windows.noteLook(user, { known: true }, noRow);
    const mark = stack.calls.length;
    expect(await open(user, 2 * hour)).toMatchObject({ kind: "done", window: { dueAt: plus(start, 2 * hour) } });
    expect(stack.callsOf("operator", mark)).toEqual([
      "cognito-idp AdminGetUser",
      "DynamoDB GetItem",
      "DynamoDB UpdateItem",
      "Scheduler CreateSchedule",
      "cognito-idp AdminGetUser",
      "DynamoDB UpdateItem",
      "cognito-idp AdminSetUserMFAPreference",
      "cognito-idp AdminGetUser",
      "DynamoDB UpdateItem",
    ]);
    expect((await stack.find(user)).open).toMatchObject({
      origin: "operator",
      openedBy: { at: start, ...act },
      factorsBefore: { active: ["EMAIL_OTP"], preferred: "EMAIL_OTP" },
    });
    expect(await stack.hasEmailMfa(user)).toBe(false);
  });

  it("refuses a second window and shows the open one", async () => {
    const user = await stack.user();
    await open(user);
    const { open: window } = await stack.find(user);
    expect(await open(user)).toEqual({ kind: "refused", because: "already-open", window });
    await stack.setEmailMfa(user, true);
    const other = await openByOperator(stack.operator, user.username, { ...act, by: "arn:somebody-else" }, day);
    expect(other).toEqual({ kind: "refused", because: "already-open", window });
  });

  it("leaves Email MFA on and no window open when no timer can be made", async () => {
    const user = await stack.user();
    stack.aws.endpoint.faults = ({ operation }) =>
      operation === "CreateSchedule" ? { kind: "server-error" } : undefined;
    await expect(open(user)).rejects.toThrow();
    expect(await stack.hasEmailMfa(user)).toBe(true);
    expect(await stack.find(user)).toMatchObject({ lastClosed: { outcome: "already-enabled" } });
    expect((await stack.find(user)).open).toBeUndefined();
  });

  it.each(["server-error", "no-effect"] as const)(
    "keeps the window when switching off ends in %s, since it may yet take effect, and goes on when asked again",
    async (kind) => {
      const user = await stack.user();
      stack.aws.endpoint.faults = ({ operation }) => (operation === "AdminSetUserMFAPreference" ? { kind } : undefined);
      await expect(open(user)).rejects.toThrow();
      const first = (await stack.find(user)).open;
      stack.aws.endpoint.faults = () => undefined;
      expect(await open(user)).toMatchObject({ kind: "done", window: { windowId: first?.windowId } });
      expect(await stack.hasEmailMfa(user)).toBe(false);
    },
  );

  it("opens another window when the first has ended before Email MFA was off", async () => {
    const user = await stack.user();
    const { users, windows, newId } = stack.operator;
    const firstId = newId();
    let ids = 0;
    const slow: typeof users = {
      ...users,
      async setEmailMfa(username, settings) {
        const row = await windows.find(user);
        if (row.open?.windowId !== firstId) return users.setEmailMfa(username, settings);
        await windows.close(closeWindow(row.open, "already-enabled", start, { before: on, after: on }), undefined, row);
        return users.setEmailMfa(username, settings);
      },
    };
    const ofFirst = { ...stack.operator, users: slow, newId: () => (ids++ === 0 ? firstId : newId()) };
    const opened = await openByOperator(ofFirst, user.username, act, day);
    expect(await stack.hasEmailMfa(user)).toBe(false);
    const { open: second } = await stack.find(user);
    expect(opened).toEqual({ kind: "done", window: second });
    expect(await windows.findInHistory(user, start)).toMatchObject({ windowId: firstId, outcome: "already-enabled" });
  });

  it("does not close a window based on a read from before Email MFA was off", async () => {
    const user = await stack.user();
    const { users } = stack.operator;
    let staleClose = async (): Promise<unknown> => undefined;
    const overtaken: typeof users = {
      ...users,
      async setEmailMfa(username, settings) {
        const seen = await rowOf(user);
        staleClose = () => finishWindow(stack.operator, seen, "already-enabled", { before: on, after: on });
        return users.setEmailMfa(username, settings);
      },
    };
    const opened = await openByOperator({ ...stack.operator, users: overtaken }, user.username, act, day);
    expect(await staleClose()).toBeUndefined();
    expect(opened).toEqual({ kind: "done", window: await found(user) });
    await stack.aws.clock.advanceBy(day + minute);
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled" });
  });

  it("does not close a window based on a read from before the same operator switched Email MFA off again", async () => {
    const user = await stack.user();
    await open(user);
    await stack.setEmailMfa(user, true);
    const seen = await rowOf(user);
    expect(await open(user)).toMatchObject({ kind: "done", window: { windowId: seen.open.windowId } });
    const off = { active: [] };
    expect(await finishWindow(stack.operator, seen, "re-enabled", { before: off, after: on })).toBeUndefined();
    expect(await stack.hasEmailMfa(user)).toBe(false);
    const { version } = await found(user);
    await stack.setEmailMfa(user, true);
    await stack.aws.lambda.invoke("record-reset", aBatch(aRecord("signed-in", user, start)));
    const { open: still, lastClosed } = await stack.find(user);
    expect(still).toBeUndefined();
    expect(lastClosed).toMatchObject({ outcome: "already-enabled", evidence: { before: on } });
    expect(lastClosed?.version).toBeGreaterThan(version);
  });

  it("does not go on with a window that is due: it is being closed", async () => {
    await deploy({ GRACE_PERIOD: "0", MAX_WINDOW: "0" });
    const user = await stack.user();
    stack.aws.endpoint.faults = ({ operation }) =>
      operation === "AdminSetUserMFAPreference" ? { kind: "server-error" } : undefined;
    await expect(open(user)).rejects.toThrow();
    stack.aws.endpoint.faults = () => undefined;
    expect(await open(user)).toMatchObject({ because: "already-open" });
    expect(await stack.hasEmailMfa(user)).toBe(true);
  });

  it("withdraws no window while an earlier try may yet switch Email MFA off", async () => {
    const user = await stack.user();
    const failing = (wanted: string) => {
      stack.aws.endpoint.faults = ({ operation }) => (operation === wanted ? { kind: "server-error" } : undefined);
    };
    failing("AdminSetUserMFAPreference");
    await expect(open(user)).rejects.toThrow();
    const { windowId } = await found(user);
    failing("CreateSchedule");
    await expect(open(user)).rejects.toThrow();
    expect((await found(user)).windowId).toBe(windowId);
    await stack.aws.clock.advanceBy(3 * minute);
    await expect(open(user)).rejects.toThrow();
    expect(await stack.find(user)).toMatchObject({ lastClosed: { windowId, outcome: "already-enabled" } });
  });

  it("does not touch a user who got the name later", async () => {
    const user = await stack.user();
    const { users } = stack.operator;
    let reads = 0;
    const recreated: typeof users = {
      ...users,
      async read(username) {
        reads += 1;
        const now = await users.read(username);
        return reads === 1 || now === "gone" ? now : { ...now, sub: "somebody-else", hasEmail: false };
      },
    };
    const result = await openByOperator({ ...stack.operator, users: recreated }, user.username, act, day);
    expect(result).toMatchObject({ because: "no-email" });
    expect(stack.callsOf("operator")).not.toContain("cognito-idp AdminSetUserMFAPreference");
  });

  it("is ended by switching Email MFA on, also where the policy only observes by then", async () => {
    const user = await stack.user();
    await open(user);
    stack.aws.endpoint.faults = ({ caller }) => (caller === "re-enable-mfa" ? { kind: "server-error" } : undefined);
    await stack.aws.clock.advanceBy(day);
    const window = await found(user);
    const observing = {
      ...stack.operator,
      policy: { mode: "observe" as const },
      pacer: { turn: async () => false },
      timeLeft: () => minute,
    };
    expect(await reEnable(observing, dueMessage(window))).toEqual({ kind: "closed", outcome: "re-enabled" });
    expect(await stack.hasEmailMfa(user)).toBe(true);
  });

  it("checks the next sign-in after its end, because a call of the operator can come late", async () => {
    const user = await stack.user();
    await open(user);
    await stack.aws.clock.advanceBy(day + minute);
    expect((await stack.find(user)).seen).toEqual({ known: true, emailMfa: true });
    await stack.setEmailMfa(user, false);
    const event = aTrigger("PostAuthentication_Authentication", user);
    await stack.aws.lambda.invoke("post-authentication", event);
    await stack.aws.clock.settle();
    expect((await found(user)).origin).toBe("drift");
  });

  it("keeps the mark when Cognito took more than one attempt: the first may come late", async () => {
    const user = await stack.user();
    let lost = false;
    stack.aws.endpoint.faults = ({ operation }) => {
      if (lost || operation !== "AdminSetUserMFAPreference") return undefined;
      lost = true;
      return { kind: "hang-up", effect: "before" };
    };
    await open(user);
    await closeByOperator(stack.operator, user, act);
    await stack.aws.clock.advanceBy(3 * minute - 1000);
    expect(await stack.hasEmailMfa(user)).toBe(false);
    await stack.aws.clock.advanceBy(minute);
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled" });
  });

  it("opens another window when a close came between Email MFA off and the word of it", async () => {
    const user = await stack.user();
    const { users } = stack.operator;
    const overtaken: typeof users = {
      ...users,
      async setEmailMfa(username, settings) {
        const seen = await rowOf(user);
        const set = await users.setEmailMfa(username, settings);
        const isFirst = seen.earlierClosedAt === undefined;
        if (isFirst) await finishWindow(stack.operator, seen, "already-enabled", { before: on, after: on });
        return set;
      },
    };
    const opened = await openByOperator({ ...stack.operator, users: overtaken }, user.username, act, day);
    expect(await stack.hasEmailMfa(user)).toBe(false);
    expect(opened).toEqual({ kind: "done", window: await found(user) });
    expect(await stack.operator.windows.findInHistory(user, start)).toMatchObject({ outcome: "already-enabled" });
  });

  it("keeps the window open while an operator who says nothing more may yet switch off, then closes it", async () => {
    const user = await stack.user();
    stack.aws.endpoint.faults = ({ operation }) =>
      operation === "AdminSetUserMFAPreference" ? { kind: "server-error" } : undefined;
    await expect(open(user)).rejects.toThrow();
    stack.aws.endpoint.faults = () => undefined;
    await closeByOperator(stack.operator, user, act);
    await stack.aws.lambda.invoke("record-reset", aBatch(aRecord("signed-in", user, start)));
    await stack.aws.clock.advanceBy(3 * minute - 1);
    expect((await found(user)).counts).toMatchObject({ "signed-in": 1 });
    await stack.aws.clock.advanceBy(minute);
    expect(await stack.find(user)).toMatchObject({ lastClosed: { outcome: "already-enabled" } });
  });

  it("leaves the window open, to be closed when due, when switching off was applied but never answered", async () => {
    const user = await stack.user();
    stack.aws.endpoint.faults = ({ operation }) =>
      operation === "AdminSetUserMFAPreference" ? { kind: "hang-up", effect: "after" } : undefined;
    await expect(open(user)).rejects.toThrow();
    stack.aws.endpoint.faults = () => undefined;
    expect(await stack.hasEmailMfa(user)).toBe(false);
    await stack.aws.clock.advanceBy(day + minute);
    expect(await stack.hasEmailMfa(user)).toBe(true);
  });

  it("refuses users it must not touch, and changes nothing", async () => {
    await deploy({ SCOPE: "known" });
    const federated = stack.aws.cognito.seedFederatedUser(stack.userPoolId, {
      provider: "Okta",
      userId: "u-1",
      email: "f@example.com",
    });
    const stranger = await stack.user({ emailMfa: false, known: false });
    const mark = stack.calls.length;
    expect(await openByOperator(stack.operator, federated.username, act, day)).toMatchObject({ because: "federated" });
    expect(await openByOperator(stack.operator, "nobody", act, day)).toMatchObject({ because: "user-unknown" });
    expect(await open(stranger)).toMatchObject({ because: "out-of-scope" });
    const changes = stack.callsOf("operator", mark).filter((call) => !/Query|GetItem|AdminGetUser/.test(call));
    expect(changes).toEqual([]);
  });

  it("refuses a user who never had Email MFA, unless the policy enrols", async () => {
    const stranger = await stack.user({ emailMfa: false, known: false });
    expect(await open(stranger)).toMatchObject({ kind: "refused", because: "never-known" });
    expect((await stack.find(stranger)).open).toBeUndefined();
    await deploy({ ENROL: "true" });
    expect(await open(await stack.user({ emailMfa: false, known: false }))).toMatchObject({ kind: "done" });
  });

  it("refuses while the policy only observes", async () => {
    await deploy({ MODE: "observe" });
    const user = await stack.user();
    expect(await open(user)).toMatchObject({ because: "observe-mode" });
    expect(await stack.hasEmailMfa(user)).toBe(true);
  });

  it("opens one window for two operators at once", async () => {
    const user = await stack.user();
    const results = await Promise.all([open(user), open(user)]);
    expect(results.map((result) => (result.kind === "done" ? "done" : result.because)).sort()).toEqual([
      "already-open",
      "done",
    ]);
  });
});

describe("extendByOperator", () => {
  const extend = (user: TestUser, milliseconds: number) => extendByOperator(stack.operator, user, milliseconds, act);

  it("moves the end and its timer", async () => {
    const user = await stack.user();
    await open(user);
    expect(await extend(user, hour)).toMatchObject({ kind: "done", window: { dueAt: plus(start, day + hour) } });
    await stack.aws.clock.advanceBy(day + minute);
    expect(await stack.hasEmailMfa(user)).toBe(false);
    await stack.aws.clock.advanceBy(hour);
    expect(await stack.hasEmailMfa(user)).toBe(true);
  });

  it("moves the end once, though the table's answer was lost", async () => {
    const user = await stack.user();
    await open(user);
    let lost = false;
    stack.aws.endpoint.faults = ({ operation, caller }) => {
      if (lost || operation !== "UpdateItem" || caller !== "operator") return undefined;
      lost = true;
      return { kind: "hang-up", effect: "after" };
    };
    const extended = await extend(user, hour);
    expect(extended).toMatchObject({ kind: "done", window: { dueAt: plus(start, day + hour) } });
    expect((await found(user)).changes).toHaveLength(1);
    expect(lost).toBe(true);
  });

  it("refuses to pass the cap, without a window, and while the window is closing", async () => {
    const user = await stack.user();
    expect(await extend(user, hour)).toMatchObject({ because: "not-open" });
    await open(user);
    expect(await extend(user, 2 * day + 1)).toMatchObject({
      because: "past-cap",
      window: { cap: plus(start, 3 * day) },
    });
    stack.aws.endpoint.faults = ({ caller }) => (caller === "re-enable-mfa" ? { kind: "server-error" } : undefined);
    await closeByOperator(stack.operator, user, act);
    expect(await extend(user, hour)).toMatchObject({ because: "closing" });
  });
});

describe("closeByOperator", () => {
  it("switches Email MFA on at once", async () => {
    const user = await stack.user();
    await open(user);
    await stack.aws.clock.advanceBy(hour);
    expect(await closeByOperator(stack.operator, user, act)).toMatchObject({ kind: "done" });
    await stack.aws.clock.settle();
    expect(await stack.hasEmailMfa(user)).toBe(true);
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled", closeAsked: { by: act.by } });
  });

  it("refuses when there is no window", async () => {
    expect(await closeByOperator(stack.operator, await stack.user(), act)).toMatchObject({
      because: "not-open",
    });
  });
});
