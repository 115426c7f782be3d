import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { names } from "../../local/service-names.ts";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { repeatedDrifts } from "../../shared/ledgers/repeated-drifts.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { updateExpression } from "../../shared/windows/update-expression.ts";
import { closedAttributes, rowKey } from "../../shared/windows/window-items.ts";
import { closeWindow, type Window } from "../../shared/windows/window.ts";
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

const record = (...bodies: unknown[]) => stack.aws.lambda.invoke("record-reset", aBatch(...bodies));
const now = () => stack.aws.clock.now();
let records = 0;
const signIn = (user: TestUser) => record(aRecord("signed-in", user, now(), `sign-in-${++records}`));
const signInAtCognito = (user: TestUser) =>
  stack.aws.lambda.invoke("post-authentication", aTrigger("PostAuthentication_Authentication", user));
const write = (user: TestUser, set: Record<string, unknown>) =>
  stack.documents.send(
    new UpdateCommand({
      TableName: names.windowsTable,
      Key: { user: `${user.userPoolId}#${user.sub}`, item: rowKey },
      ...updateExpression({ set }),
    }),
  );
const openOf = async (user: TestUser): Promise<Window> => {
  const { open } = await stack.find(user);
  if (open === undefined) throw new Error("No window is open.");
  return open;
};

describe("a record whose username is not the user's", () => {
  it.each(["signed-in", "reset-confirmed", "reset-requested"])(
    "changes nothing about the window, and goes to the dead-letter queue: %s",
    async (kind) => {
      const user = await stack.user({ emailMfa: false });
      await record(aRecord("reset-confirmed", user, start));
      const before = await openOf(user);
      await stack.aws.clock.advanceBy(hour);
      for (const username of ["nobody-of-this-name", (await stack.user()).username]) {
        await record({ ...aRecord(kind, user, now()), username });
      }
      expect(await openOf(user)).toEqual(before);
      expect((await stack.find(user)).seen).toMatchObject({ known: true });
      expect(stack.aws.sqs.findByName(names.recordsDlq).receive(10)).toHaveLength(2);
    },
  );

  it("is believed where Cognito says that the name is the same user's", async () => {
    const user = await stack.user({ emailMfa: false });
    await record(aRecord("reset-confirmed", user, start));
    await record({ ...aRecord("signed-in", user, plus(start, 1)), username: user.email });
    expect((await openOf(user)).counts).toMatchObject({ "signed-in": 1 });
  });
});

describe("an instant from the future", () => {
  const year9990 = new Date("9990-01-01T00:00:00.000Z");

  it("in a record counts as now, so that a sign-in after it ends the window", async () => {
    await deploy({ CLOSE_ON_SIGN_IN: "true" });
    const user = await stack.user({ emailMfa: false });
    await record(aRecord("reset-confirmed", user, year9990));
    expect(await openOf(user)).toMatchObject({ dueAt: plus(start, day), facts: [{ at: start }] });
    await stack.aws.clock.advanceBy(minute);
    await signIn(user);
    await stack.aws.clock.settle();
    expect((await stack.find(user)).lastClosed).toMatchObject({ closeAsked: { by: "sign-in" } });
  });

  it("on a closed window neither swallows facts nor moves the next window", async () => {
    const user = await stack.user({ emailMfa: false });
    await record(aRecord("reset-confirmed", user, start));
    const window = await openOf(user);
    const forged = closeWindow({ ...window, windowId: "forged", facts: [] }, "user-gone", year9990);
    await stack.setEmailMfa(user, false);
    await write(user, closedAttributes(forged));
    await record(aRecord("reset-confirmed", user, now()));
    expect(await openOf(user)).toMatchObject({ openedAt: now(), dueAt: plus(now(), day) });
  });

  it("as the time of a check does not prevent the next check", async () => {
    const user = await stack.user();
    await write(user, { known: true, checkedAt: year9990.toISOString() });
    await signInAtCognito(user);
    await stack.aws.clock.settle();
    expect((await stack.find(user)).seen).toMatchObject({ checkedAt: start });
  });

  it("on an operator's mark does not hold a window that is due", async () => {
    const user = await stack.user({ emailMfa: false });
    await record(aRecord("reset-confirmed", user, start));
    const window = await openOf(user);
    await stack.operator.windows.update({ ...window, switchingOffUntil: year9990 });
    await stack.aws.clock.advanceTo(plus(window.dueAt, 2 * minute));
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled" });
  });
});

describe("a list of facts that has an end", () => {
  it("does not make closeOnSignIn forget the reset", async () => {
    await deploy({ CLOSE_ON_SIGN_IN: "true" });
    const user = await stack.user({ emailMfa: false });
    await record(aRecord("reset-confirmed", user, start));
    for (let more = 0; more < 60; more += 1) await record(aRecord("reset-requested", user, start, `request-${more}`));
    await stack.aws.clock.advanceBy(minute);
    await signIn(user);
    await stack.aws.clock.settle();
    expect((await stack.find(user)).lastClosed).toMatchObject({ closeAsked: { by: "sign-in" } });
  });
});

describe("a known user", () => {
  it("stays known regardless of later checks", async () => {
    const user = await stack.user();
    await stack.operator.windows.noteLook(user, { checkedAt: start, known: true }, noRow);
    await stack.operator.windows.noteLook(user, { checkedAt: plus(start, 1), known: false }, noRow);
    expect((await stack.find(user)).seen).toEqual({ checkedAt: plus(start, 1), known: true });
  });
});

describe("a user who switches Email MFA off again and again", () => {
  beforeEach(() => deploy({ VERIFY_EVERY: "1h", GRACE_PERIOD: "30m" }));
  const drift = async (user: TestUser) => {
    await stack.setEmailMfa(user, false);
    await signInAtCognito(user);
    await stack.aws.clock.settle();
  };

  it("is checked at every sign-in after the first time, and has no grace and an alarm at the second", async () => {
    const user = await stack.user();
    await signInAtCognito(user);
    await stack.aws.clock.settle();
    await stack.aws.clock.advanceBy(hour);
    await drift(user);
    expect(await openOf(user)).toMatchObject({ origin: "drift", dueAt: plus(now(), 30 * minute) });
    await stack.aws.clock.advanceBy(35 * minute);
    expect(await stack.hasEmailMfa(user)).toBe(true);
    expect((await stack.find(user)).seen?.watchedUntil).toBeDefined();

    await stack.aws.clock.advanceBy(minute);
    await drift(user);
    await stack.aws.clock.advanceBy(minute);
    expect(await stack.hasEmailMfa(user)).toBe(true);
    expect(stack.telemetry.values.filter(({ metric }) => metric === "DriftRepeated")).toHaveLength(1);
    const noted = await repeatedDrifts(stack.documents, names.windowsTable, user.userPoolId).list(10);
    expect(noted.map(({ entry }) => entry.sub)).toEqual([user.sub]);
    expect(stack.telemetry.lines).toContainEqual(
      expect.objectContaining({ event: "drift-repeated", fields: expect.objectContaining({ sub: user.sub }) }),
    );
  });

  it("buys no time by another factor that comes and goes", async () => {
    const user = await stack.user();
    await signInAtCognito(user);
    await stack.aws.clock.settle();
    await stack.aws.clock.advanceBy(hour);
    await stack.setEmailMfa(user, false);
    stack.useSms(user, true);
    await signInAtCognito(user);
    await stack.aws.clock.settle();
    expect((await stack.find(user)).open).toBeUndefined();
    stack.useSms(user, false);
    await stack.aws.clock.advanceBy(minute);
    await signInAtCognito(user);
    await stack.aws.clock.settle();
    expect(await openOf(user)).toMatchObject({ origin: "drift" });
  });
});
