import {
  AdminDeleteUserCommand,
  AdminSetUserMFAPreferenceCommand,
  AssociateSoftwareTokenCommand,
  InitiateAuthCommand,
  SetUserPoolMfaConfigCommand,
  VerifySoftwareTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { totpCode } from "@cognito-mfa-lifecycle/local-aws/cognito/software-token.ts";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { finishWindow } from "../../shared/lifecycle/finish-window.ts";
import { extendByOperator } from "../../shared/lifecycle/operate.ts";
import { dueMessage } from "../../shared/queues/timers.ts";
import { plus } from "../../shared/runtime/instants.ts";
import type { Window } from "../../shared/windows/window.ts";
import { aBatch, aRecord } from "../support/messages.ts";
import { password, start, startStack, type TestStack, type TestUser } from "../support/stack.ts";

let stack: TestStack;
const deploy = async (parameters: Record<string, string> = {}) => {
  await stack?.stop();
  stack = await startStack({ GRACE_PERIOD: "30m", ...parameters });
};
beforeEach(() => deploy());
afterEach(() => stack.stop());

const reEnable = (...bodies: unknown[]) => stack.aws.lambda.invoke("re-enable-mfa", aBatch(...bodies));
const allDone = { payload: { batchItemFailures: [] } };

const windowFor = async (user: TestUser): Promise<Window> => {
  await stack.aws.lambda.invoke("record-reset", aBatch(aRecord("reset-confirmed", user, stack.aws.clock.now())));
  const { open } = await stack.find(user);
  if (open === undefined) throw new Error("No window was opened.");
  return open;
};
const exempt = async (): Promise<{ user: TestUser; window: Window }> => {
  const user = await stack.user({ emailMfa: false });
  return { user, window: await windowFor(user) };
};
const failSetting = (times: number, fault: "throttle" | "server-error" | "no-effect") => {
  let left = times;
  stack.aws.endpoint.faults = ({ operation, caller }) =>
    operation === "AdminSetUserMFAPreference" && caller === "re-enable-mfa" && left-- > 0 ? { kind: fault } : undefined;
};

describe("re-enable-mfa", () => {
  it.each([
    [-1, false],
    [0, true],
    [1, true],
  ])("told of a window at due %d ms, has switched Email MFA on: %s", async (milliseconds, on) => {
    stack.aws.scheduler.lateness = () => 10 * minute;
    const { user, window } = await exempt();
    await stack.aws.clock.advanceTo(plus(window.dueAt, milliseconds));
    expect(await reEnable(dueMessage(window))).toEqual(allDone);
    expect(await stack.hasEmailMfa(user)).toBe(on);
  });

  it("closes the window with the factors before and after, and remembers the user as known", async () => {
    const { user, window } = await exempt();
    await stack.aws.clock.advanceTo(plus(window.dueAt, minute));
    expect(await stack.find(user)).toMatchObject({
      seen: { known: true },
      lastClosed: {
        windowId: window.windowId,
        outcome: "re-enabled",
        closedAt: window.dueAt,
        evidence: { before: { active: [] }, after: { active: ["EMAIL_OTP"], preferred: "EMAIL_OTP" } },
      },
    });
  });

  it("comes again for a window that is not due yet by its own clock", async () => {
    stack.aws.scheduler.lateness = () => day;
    const { user, window } = await exempt();
    await stack.aws.clock.advanceTo(plus(window.dueAt, -5 * minute));
    await reEnable(dueMessage(window));
    await stack.aws.clock.advanceTo(plus(window.dueAt, 30_000));
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled", closedAt: window.dueAt });
  });

  it.each([
    ["another window", (window: Window) => ({ ...window, windowId: "another" })],
    ["an earlier end of it", (window: Window) => ({ ...window, dueAt: plus(window.dueAt, -minute) })],
    ["an earlier try", (window: Window) => ({ ...window, attempts: 3 })],
  ])("does nothing for a message of %s", async (_, change) => {
    stack.aws.scheduler.lateness = () => day;
    const { user, window } = await exempt();
    await stack.aws.clock.advanceTo(plus(window.dueAt, 30_000));
    expect(await reEnable(dueMessage(change(window)))).toEqual(allDone);
    expect((await stack.find(user)).open).toEqual(window);
    expect(await stack.hasEmailMfa(user)).toBe(false);
  });

  it("takes the same message any number of times, at once and later", async () => {
    stack.aws.scheduler.lateness = () => day;
    const { user, window } = await exempt();
    await stack.aws.clock.advanceTo(window.dueAt);
    const message = dueMessage(window);
    const atOnce = Promise.all([reEnable(message, message), reEnable(message)]);
    await stack.aws.clock.advanceBy(minute);
    expect(await atOnce).toEqual([allDone, allDone]);
    const closed = await stack.find(user);
    expect(closed.lastClosed).toMatchObject({ outcome: "re-enabled" });
    expect(await reEnable(message)).toEqual(allDone);
    expect(await stack.find(user)).toEqual(closed);
  });

  it("closes as already-enabled without touching a user who has Email MFA again", async () => {
    const { user, window } = await exempt();
    await stack.setEmailMfa(user, true);
    const mark = stack.calls.length;
    await stack.aws.clock.advanceTo(plus(window.dueAt, minute));
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "already-enabled" });
    expect(stack.callsOf("re-enable-mfa", mark)).not.toContain("cognito-idp AdminSetUserMFAPreference");
  });

  describe("of a user who is not found", () => {
    it("closes as user-gone after a second check five minutes later, and remembers what was known", async () => {
      const { user, window } = await exempt();
      const { UserPoolId, Username } = { UserPoolId: user.userPoolId, Username: user.username };
      await stack.cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username }));
      await stack.aws.clock.advanceTo(plus(window.dueAt, 4 * minute));
      const { open } = await stack.find(user);
      expect(open).toMatchObject({ attempts: 0 });
      expect(open?.goneSince).toBeDefined();
      await stack.aws.clock.advanceTo(plus(window.dueAt, 7 * minute));
      expect(await stack.find(user)).toMatchObject({ lastClosed: { outcome: "user-gone" }, seen: { known: true } });
      expect((await stack.find(user)).lastClosed?.evidence).toBeUndefined();
      expect((await stack.find(user)).seen?.checkedAt).toBeUndefined();
      expect(stack.telemetry.values).toContainEqual(
        expect.objectContaining({ metric: "WindowClosed", dimension: { name: "outcome", value: "user-gone" } }),
      );
    });

    it("takes no notice of a second message that comes before the second look", async () => {
      const { user, window } = await exempt();
      await stack.cognito.send(new AdminDeleteUserCommand({ UserPoolId: user.userPoolId, Username: user.username }));
      await stack.aws.clock.advanceTo(plus(window.dueAt, minute));
      await stack.aws.lambda.invoke("re-enable-mfa", aBatch(dueMessage(window)));
      expect((await stack.find(user)).open).toBeDefined();
    });

    it.each(["AdminGetUser", "AdminSetUserMFAPreference"])(
      "goes on as if nothing had been when only one answer to %s said so",
      async (wrong) => {
        const { user, window } = await exempt();
        let isTrue = true;
        stack.aws.endpoint.faults = ({ operation, caller }) => {
          if (!isTrue || operation !== wrong || caller !== "re-enable-mfa") return undefined;
          isTrue = false;
          return { kind: "refuse", code: "UserNotFoundException", message: "User does not exist." };
        };
        await stack.aws.clock.advanceTo(plus(window.dueAt, 8 * minute));
        const { lastClosed, seen } = await stack.find(user);
        expect(lastClosed).toMatchObject({ outcome: "re-enabled" });
        expect(lastClosed?.goneSince).toBeUndefined();
        expect(seen).toMatchObject({ known: true });
        expect(await stack.hasEmailMfa(user)).toBe(true);
      },
    );
  });

  it("leaves a window open that is extended while the worker waits for its turn", async () => {
    await deploy({ RE_ENABLE_RATE: "1" });
    stack.aws.scheduler.lateness = () => 10 * minute;
    const windows = [];
    for (let left = 6; left > 0; left -= 1) windows.push(await exempt());
    const [{ window: last, user } = { window: undefined, user: undefined }] = windows.slice(-1);
    if (last === undefined || user === undefined) throw new Error("There is no window.");
    await stack.aws.clock.advanceTo(plus(last.dueAt, -minute));
    const batch = aBatch(...windows.map(({ window }) => dueMessage(window)));
    stack.aws.clock.at(plus(last.dueAt, 2000), () => extendByOperator(stack.operator, user, 2 * hour, { by: "ivy" }));
    stack.aws.clock.at(plus(last.dueAt, 1000), () => void stack.aws.lambda.invoke("re-enable-mfa", batch));
    await stack.aws.clock.advanceTo(plus(last.dueAt, 40_000));
    expect((await stack.find(windows[0]?.user ?? user)).lastClosed).toMatchObject({ outcome: "re-enabled" });
    const { open } = await stack.find(user);
    expect(open?.dueAt).toEqual(plus(last.dueAt, 2 * hour));
    expect(await stack.hasEmailMfa(user)).toBe(false);
  });

  it.each(["before", "after"] as const)("has closed the window or not when it dies %s the one write", async (when) => {
    const { user, window } = await exempt();
    stack.aws.lambda.crashes = ({ functionName, calls }) =>
      functionName === "re-enable-mfa" && calls === 6 ? when : undefined;
    await stack.aws.clock.advanceTo(plus(window.dueAt, minute));
    const evidence = { after: { active: ["EMAIL_OTP"] } };
    const { open, lastClosed, seen } = await stack.find(user);
    if (when === "before")
      expect([open?.version, lastClosed, seen]).toEqual([window.version, undefined, { known: true }]);
    else expect({ lastClosed, seen }).toMatchObject({ lastClosed: { evidence }, seen: { emailMfa: true } });
    stack.aws.lambda.crashes = () => undefined;
    await stack.aws.clock.advanceBy(15 * minute);
    const outcome = when === "before" ? "already-enabled" : "re-enabled";
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome, evidence });
  });

  it("observes: closes as observed and changes nothing in Cognito", async () => {
    await deploy({ MODE: "observe" });
    const { user, window } = await exempt();
    await stack.aws.clock.advanceTo(plus(window.dueAt, minute));
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "observed" });
    expect(await stack.hasEmailMfa(user)).toBe(false);
  });

  it("leaves the preference with a factor that has it now, and sends nothing but Email MFA", async () => {
    const { user, window } = await exempt();
    await stack.cognito.send(
      new SetUserPoolMfaConfigCommand({
        UserPoolId: user.userPoolId,
        MfaConfiguration: "OPTIONAL",
        SoftwareTokenMfaConfiguration: { Enabled: true },
        EmailMfaConfiguration: {},
      }),
    );
    const { AuthenticationResult } = await stack.cognito.send(
      new InitiateAuthCommand({
        ClientId: stack.clientId,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: user.email, PASSWORD: password },
      }),
    );
    const AccessToken = AuthenticationResult?.AccessToken;
    const { SecretCode } = await stack.cognito.send(new AssociateSoftwareTokenCommand({ AccessToken }));
    const UserCode = totpCode(SecretCode ?? "", stack.aws.clock.now());
    await stack.cognito.send(new VerifySoftwareTokenCommand({ AccessToken, UserCode }));
    await stack.cognito.send(
      new AdminSetUserMFAPreferenceCommand({
        UserPoolId: user.userPoolId,
        Username: user.username,
        SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true },
      }),
    );
    await stack.aws.clock.advanceTo(plus(window.dueAt, minute));
    expect((await stack.find(user)).lastClosed?.evidence).toEqual({
      before: { active: ["SOFTWARE_TOKEN_MFA"], preferred: "SOFTWARE_TOKEN_MFA" },
      after: { active: expect.arrayContaining(["EMAIL_OTP", "SOFTWARE_TOKEN_MFA"]), preferred: "SOFTWARE_TOKEN_MFA" },
    });
    const set = stack.calls.find(
      (call) => call.caller === "re-enable-mfa" && call.operation === "AdminSetUserMFAPreference",
    );
    expect(Object.keys(set?.input ?? {}).sort()).toEqual(["EmailMfaSettings", "UserPoolId", "Username"]);
  });

  it.each([
    ["throttle", "TooManyRequestsException"],
    ["server-error", "InternalServerError"],
    ["no-effect", "Unchanged"],
  ] as const)("keeps a window open whose re-enable ends in %s, and closes it at the next try", async (fault, error) => {
    const { user, window } = await exempt();
    failSetting(fault === "no-effect" ? 1 : 3, fault);
    await stack.aws.clock.advanceTo(plus(window.dueAt, 1000));
    const { open } = await stack.find(user);
    expect(open).toMatchObject({
      attempts: 1,
      lastFailure: { error, at: window.dueAt },
      nextTryAt: plus(window.dueAt, 30_000),
    });
    expect(stack.telemetry.values.filter(({ metric }) => metric === "ReEnableFailed")).toMatchObject([
      { dimension: { value: error } },
    ]);
    await stack.aws.clock.advanceTo(plus(window.dueAt, minute));
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled", attempts: 1 });
  });

  it("keeps a window open whose username Cognito refuses, and says so", async () => {
    const { user, window } = await exempt();
    stack.aws.endpoint.faults = ({ operation, caller }) =>
      operation === "AdminGetUser" && caller === "re-enable-mfa"
        ? { kind: "refuse", code: "InvalidParameterException", message: "Value at 'username' failed" }
        : undefined;
    await stack.aws.clock.advanceTo(plus(window.dueAt, 1000));
    expect((await stack.find(user)).open).toMatchObject({ attempts: 1, lastFailure: { error: "UsernameRefused" } });
  });

  it("goes on trying for as long as it fails, the reconciler taking over from the queue", async () => {
    const { user, window } = await exempt();
    failSetting(Infinity, "throttle");
    await stack.aws.clock.advanceTo(plus(window.dueAt, 6 * hour));
    const { open } = await stack.find(user);
    expect(open?.attempts).toBeGreaterThanOrEqual(11);
    stack.aws.endpoint.faults = () => undefined;
    await stack.aws.clock.advanceBy(70 * minute);
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled" });
  });

  it("copies malformed messages to its dead-letter queue, and handles the rest of the batch", async () => {
    stack.aws.scheduler.lateness = () => day;
    const { user, window } = await exempt();
    await stack.aws.clock.advanceTo(window.dueAt);
    expect(await reEnable("{", { ...dueMessage(window), version: 9 }, dueMessage(window))).toEqual(allDone);
    expect(stack.aws.sqs.findByName("due-dlq").receive(10)).toHaveLength(2);
    expect(await stack.hasEmailMfa(user)).toBe(true);
  });

  it("returns a message to the queue when the table cannot be read", async () => {
    stack.aws.scheduler.lateness = () => day;
    const [one, two] = [await exempt(), await exempt()];
    await stack.aws.clock.advanceTo(two.window.dueAt);
    stack.aws.endpoint.faults = ({ operation, caller, input }) =>
      caller === "re-enable-mfa" && operation === "GetItem" && JSON.stringify(input).includes(one.user.sub)
        ? { kind: "throttle" }
        : undefined;
    expect(await reEnable(dueMessage(one.window), dueMessage(two.window))).toEqual({
      payload: { batchItemFailures: [{ itemIdentifier: "m0" }] },
    });
    expect(await stack.hasEmailMfa(two.user)).toBe(true);
  });

  it("leaves a window closed when the first of two closed it, and keeps the better evidence", async () => {
    const { user, window } = await exempt();
    const [off, on] = [{ active: [] }, { active: ["EMAIL_OTP"], preferred: "EMAIL_OTP" }];
    const row = { ...(await stack.find(user)), open: window };
    const { operator } = stack;
    const first = await finishWindow(operator, row, "already-enabled", { before: on, after: on });
    await stack.aws.clock.advanceBy(minute);
    const evidence = { before: off, after: on };
    expect(await finishWindow(operator, row, "re-enabled", evidence)).toBeUndefined();
    const owned = { outcome: "re-enabled", evidence, closedAt: first?.closedAt };
    expect((await stack.find(user)).lastClosed).toMatchObject(owned);
    expect(await finishWindow(operator, row, "already-enabled", { before: on, after: on })).toBeUndefined();
    expect((await stack.find(user)).lastClosed).toMatchObject(owned);
  });

  it("paces a batch below the configured rate", async () => {
    await deploy({ RE_ENABLE_RATE: "1" });
    stack.aws.scheduler.lateness = () => day;
    const windows: Window[] = [];
    for (let count = 0; count < 4; count += 1) windows.push((await exempt()).window);
    await stack.aws.clock.advanceTo(windows[0]?.dueAt ?? start);
    const outcome = reEnable(...windows.map(dueMessage));
    await stack.aws.clock.advanceBy(minute);
    expect(await outcome).toEqual(allDone);
    const closed = stack.telemetry.lines
      .filter(({ event }) => event === "window-closed")
      .map(({ at }) => at.getTime() / 1000);
    expect(closed.map((at) => at - (closed[0] ?? 0))).toEqual([0, 2, 4, 6]);
  });
});
