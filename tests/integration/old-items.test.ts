import { DeleteCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { names } from "../../local/service-names.ts";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { closeByOperator, openByOperator } from "../../shared/lifecycle/operate.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { historyItem, openAttributes } from "../../shared/windows/window-items.ts";
import { dynamoWindowReports } from "../../shared/windows/window-reports.ts";
import { closeWindow, openWindow, type Window } from "../../shared/windows/window.ts";
import { aBatch, aRecord } from "../support/messages.ts";
import { start, startStack, type TestStack, type TestUser } from "../support/stack.ts";

let stack: TestStack;
beforeEach(async () => {
  stack = await startStack();
});
afterEach(() => stack.stop());

const put = (user: TestUser, item: string, attributes: Record<string, unknown>) =>
  stack.documents.send(
    new PutCommand({
      TableName: names.windowsTable,
      Item: { ...attributes, user: `${user.userPoolId}#${user.sub}`, item },
    }),
  );
const plain = (value: object): Record<string, unknown> => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;

const windowOf = (user: TestUser, changes: Partial<Window> = {}): Window => ({
  ...openWindow({
    windowId: `old-${user.username}`,
    user: { ...user, factors: { active: ["EMAIL_OTP"], preferred: "EMAIL_OTP" } },
    origin: "operator",
    at: start,
    gracePeriod: hour,
    policy: { maxWindow: 3 * day },
    now: start,
    openedBy: { at: start, by: "arn:aws:iam::000000000000:user/ivy", reason: "reset" },
  }),
  version: 3,
  ...changes,
});

/** The items of version 0.1 for a user with an open window. */
const putOld = async (user: TestUser, window: Window) => {
  await put(user, "open", { ...plain(window), openIn: user.userPoolId });
  await put(user, "seen", { known: true, checkedAt: start.toISOString() });
};
const exempt = async (changes: Partial<Window> = {}) => {
  const user = await stack.user({ emailMfa: false, known: false });
  const window = windowOf(user, changes);
  await putOld(user, window);
  return { user, window };
};
const itemsOf = async (user: TestUser) => {
  const { Items = [] } = await stack.documents.send(
    new QueryCommand({
      TableName: names.windowsTable,
      KeyConditionExpression: "#user = :user",
      ExpressionAttributeNames: { "#user": "user" },
      ExpressionAttributeValues: { ":user": `${user.userPoolId}#${user.sub}` },
    }),
  );
  return Items.map(({ item }) => String(item));
};
const reports = () => dynamoWindowReports(stack.documents, names.windowsTable);
const by = { by: "arn:aws:iam::000000000000:user/ivy" };

describe("a window that version 0.1 has opened", () => {
  it.each<[string, Partial<Window>]>([
    ["just opened", {}],
    ["extended to its cap", { dueAt: plus(start, 2 * hour), cap: plus(start, 2 * hour) }],
    ["past due", { openedAt: plus(start, -2 * day), dueAt: plus(start, -day) }],
    ["failed, and to be tried later", { attempts: 4, nextTryAt: plus(start, 5 * minute), dueAt: plus(start, -minute) }],
    ["asked to close", { dueAt: start, closeAsked: { at: start, ...by } }],
    ["while Email MFA is being switched off", { switchingOffUntil: plus(start, 2 * minute), switchingOffVersion: 2 }],
    ["with a user who was missing at the first look", { dueAt: plus(start, -minute), goneSince: plus(start, -minute) }],
  ])("is closed, without any timer: %s", async (_, changes) => {
    const { user, window } = await exempt(changes);
    await stack.aws.clock.advanceTo(plus(window.dueAt > start ? window.dueAt : start, 20 * minute));
    expect(await stack.hasEmailMfa(user)).toBe(true);
    const { open, lastClosed, seen } = await stack.find(user);
    expect(open).toBeUndefined();
    expect(lastClosed).toMatchObject({ windowId: window.windowId, outcome: "re-enabled", openedBy: window.openedBy });
    expect(seen).toMatchObject({ known: true, emailMfa: true });
    expect(await itemsOf(user)).toEqual(["now", "seen"]);
  });

  it("is found before it has changed, with what was seen of the user", async () => {
    const { user, window } = await exempt();
    expect(await stack.find(user)).toMatchObject({ open: window, seen: { known: true, checkedAt: start } });
    expect(await itemsOf(user)).toEqual(["open", "seen"]);
    const open = [];
    for await (const one of reports().openWindows(user.userPoolId)) open.push(one);
    expect(open).toEqual([window]);
  });

  it("takes a fact, keeps those it has, and moves its end for a confirmed reset", async () => {
    const earlier = { id: "earlier", kind: "reset-requested" as const, at: start };
    const { user } = await exempt({ facts: [earlier] });
    await stack.aws.lambda.invoke("record-reset", aBatch(aRecord("reset-confirmed", user, plus(start, minute))));
    const { open } = await stack.find(user);
    expect(open?.facts).toEqual([earlier, expect.objectContaining({ kind: "reset-confirmed" })]);
    expect(open?.version).toBe(4);
    expect(await itemsOf(user)).toEqual(["now", "seen"]);
  });

  it("is closed by an operator", async () => {
    const { user } = await exempt();
    expect(await closeByOperator(stack.operator, user, by)).toMatchObject({ kind: "done" });
    await stack.aws.clock.advanceBy(minute);
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled", closeAsked: by });
  });

  it("is closed when a function of version 0.1 opened it in addition to the row", async () => {
    const user = await stack.user({ emailMfa: false });
    await putOld(user, windowOf(user));
    await stack.aws.clock.advanceBy(hour + 10 * minute);
    expect((await stack.find(user)).lastClosed).toMatchObject({ windowId: `old-${user.username}` });
    expect(await stack.hasEmailMfa(user)).toBe(true);
    expect(await itemsOf(user)).toEqual(["now", "seen"]);
  });

  it("is closed after the row's own window, when there are two", async () => {
    const user = await stack.user();
    await openByOperator(stack.operator, user.username, by, hour);
    await putOld(user, windowOf(user));
    await stack.aws.clock.advanceBy(hour + 20 * minute);
    expect((await stack.find(user)).lastClosed).toMatchObject({ windowId: `old-${user.username}` });
    expect((await reports().history(user)).map(({ outcome }) => outcome)).toEqual(["already-enabled", "re-enabled"]);
    expect(await itemsOf(user)).toEqual([expect.stringMatching(/^closed#/), "now", "seen"]);
  });

  it("leaves the row alone when it has gone into it, and its item was not removed", async () => {
    const { user, window } = await exempt();
    await stack.aws.lambda.invoke("record-reset", aBatch(aRecord("reset-requested", user, plus(start, minute))));
    await put(user, "open", { ...plain(window), openIn: user.userPoolId });
    await stack.aws.clock.advanceBy(hour + 10 * minute);
    expect((await reports().history(user)).map(({ windowId }) => windowId)).toEqual([window.windowId]);
    expect(await itemsOf(user)).toEqual(["now", "seen"]);
  });
});

describe("a window that version 0.1 has closed", () => {
  it("takes a late fact, is the user's history, and makes the user known", async () => {
    const user = await stack.user();
    const closed = closeWindow(windowOf(user, { openedAt: plus(start, -day) }), "re-enabled", start, {
      before: { active: [] },
      after: { active: ["EMAIL_OTP"] },
    });
    const { user: _, item, ...attributes } = historyItem(closed);
    await put(user, item, attributes);
    await stack.aws.lambda.invoke("record-reset", aBatch(aRecord("signed-in", user, plus(start, -hour))));
    expect(await reports().history(user)).toMatchObject([{ windowId: closed.windowId, counts: { "signed-in": 1 } }]);
    await stack.setEmailMfa(user, false);
    await stack.aws.lambda.invoke("record-reset", aBatch(aRecord("reset-confirmed", user, plus(start, minute))));
    expect((await stack.find(user)).open).toMatchObject({ origin: "reset-confirmed" });
  });
});

describe("a stack that goes back to version 0.1", () => {
  it("finds the open windows of this version in the index it counts, and still knows their users", async () => {
    const user = await stack.user();
    await openByOperator(stack.operator, user.username, by, hour);
    const { Items = [] } = await stack.documents.send(
      new QueryCommand({
        TableName: names.windowsTable,
        IndexName: "due",
        KeyConditionExpression: "openIn = :pool AND dueAt <= :instant",
        ExpressionAttributeValues: { ":pool": user.userPoolId, ":instant": plus(start, day).toISOString() },
      }),
    );
    const { open } = await stack.find(user);
    if (open === undefined) throw new Error("No window is open.");
    const { windowId, sub, userPoolId, attempts, dueAt } = openAttributes(open);
    expect(Items).toEqual([expect.objectContaining({ windowId, sub, userPoolId, attempts, dueAt })]);
    expect(await itemsOf(user)).toEqual(["now", "seen"]);
  });
});

describe("a row that TTL has deleted", () => {
  it("leaves the user known, so that a reset without Email MFA still opens a window", async () => {
    const user = await stack.user();
    await stack.aws.lambda.invoke("record-reset", aBatch(aRecord("signed-in", user, start)));
    expect(await itemsOf(user)).toEqual(["now", "seen"]);
    const Key = { user: `${user.userPoolId}#${user.sub}`, item: "now" };
    await stack.documents.send(new DeleteCommand({ TableName: names.windowsTable, Key }));
    await stack.setEmailMfa(user, false);
    await stack.aws.lambda.invoke("record-reset", aBatch(aRecord("reset-confirmed", user, plus(start, minute))));
    expect((await stack.find(user)).open).toMatchObject({ origin: "reset-confirmed" });
  });
});
