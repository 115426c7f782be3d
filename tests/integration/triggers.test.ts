import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { aBatch, aRecord, aTrigger } from "../support/messages.ts";
import { start, startStack, type TestStack } from "../support/stack.ts";

let stack: TestStack;
const deploy = async (parameters: Record<string, string> = {}) => {
  await stack?.stop();
  stack = await startStack(parameters);
};
beforeEach(() => deploy());
afterEach(() => stack.stop());

const messages = () =>
  stack.aws.sqs
    .findByName("records")
    .receive(10)
    .map(({ body }): unknown => JSON.parse(body));
const invoke = (name: string, event: unknown) => stack.aws.lambda.invoke(name, event);

describe.each([
  ["custom-message", "CustomMessage_ForgotPassword", "reset-requested"],
  ["post-confirmation", "PostConfirmation_ConfirmForgotPassword", "reset-confirmed"],
  ["post-authentication", "PostAuthentication_Authentication", "signed-in"],
])("%s", (name, source, kind) => {
  it(`records ${source} and returns the event unchanged`, async () => {
    const user = await stack.user();
    const event = aTrigger(source, user);
    expect(await invoke(name, event)).toEqual({ payload: event });
    expect(messages()).toEqual([
      {
        version: 1,
        id: expect.any(String),
        kind,
        at: start.toISOString(),
        userPoolId: user.userPoolId,
        sub: user.sub,
        username: user.username,
      },
    ]);
  });

  it.each(["CustomMessage_SignUp", "PostConfirmation_ConfirmSignUp", "Something_New", ""])(
    "lets %s through and records nothing",
    async (other) => {
      const event = aTrigger(other, await stack.user());
      expect(await invoke(name, event)).toEqual({ payload: event });
      expect(messages()).toEqual([]);
    },
  );

  it.each([
    ["status EXTERNAL_PROVIDER", { "cognito:user_status": "EXTERNAL_PROVIDER" }],
    ["identities", { identities: "[]" }],
  ])("records nothing of a federated user, known by %s", async (_, attributes) => {
    const event = aTrigger(source, await stack.user());
    event.request.userAttributes = { ...event.request.userAttributes, ...attributes };
    expect(await invoke(name, event)).toEqual({ payload: event });
    expect(messages()).toEqual([]);
  });

  it("takes clientMetadata null, version 1 and attributes that are no strings", async () => {
    const user = await stack.user();
    const event = { ...aTrigger(source, user, { clientMetadata: null }), version: 1 };
    Object.assign(event.request.userAttributes, { email_verified: true });
    expect(await invoke(name, event)).toEqual({ payload: event });
    expect(messages()).toHaveLength(1);
  });

  it.each([
    ["without a sub", { request: { userAttributes: {} } }],
    ["without attributes", { request: {} }],
    ["without a user name", { userName: null }],
  ])("gives an event %s back, and counts that it was not recorded", async (_, change) => {
    const event = { ...aTrigger(source, await stack.user()), ...change };
    expect(await invoke(name, event)).toEqual({ payload: event });
    expect(messages()).toEqual([]);
    expect(stack.telemetry.values).toMatchObject([{ source: name, metric: "RecordFailed" }]);
  });

  it("returns the event when the queue refuses, and counts it", async () => {
    stack.aws.endpoint.faults = ({ operation }) => (operation === "SendMessage" ? { kind: "server-error" } : undefined);
    const user = await stack.user();
    const event = aTrigger(source, user);
    expect(await invoke(name, event)).toEqual({ payload: event });
    const { sub } = user;
    expect(stack.telemetry.lines.at(-1)).toMatchObject({ level: "error", event: "record-failed", fields: { sub } });
    expect(stack.telemetry.values).toMatchObject([{ metric: "RecordFailed", value: 1 }]);
  });
});

describe("custom-message", () => {
  const mailOf = async (locale?: string) => {
    const event = aTrigger("CustomMessage_ForgotPassword", await stack.user(), { codeParameter: "{####}" });
    if (locale !== undefined) Object.assign(event.request.userAttributes, { locale });
    const outcome = await invoke("custom-message", event);
    return (outcome as { payload: { response: Record<string, string> } }).payload.response;
  };

  it("words the mail in the user's language, with the placeholder and when email codes come back", async () => {
    await deploy({ RESET_MAIL: "locale", GRACE_PERIOD: "12h" });
    expect((await mailOf("ja-JP"))["emailMessage"]).toMatch(/\{####\}.*12時間後/s);
    expect((await mailOf("en-US"))["emailMessage"]).toMatch(/\{####\}.*12 hours after/s);
    expect(await mailOf("fr")).toEqual({});
  });

  it("falls back to the configured language", async () => {
    await deploy({ RESET_MAIL: "ja" });
    expect((await mailOf())["emailSubject"]).toContain("パスワード");
  });

  it("leaves the wording to Cognito unless configured", async () => {
    expect(await mailOf("ja")).toEqual({});
  });
});

describe("post-authentication", () => {
  const signIn = (user: Parameters<typeof aTrigger>[1]) =>
    invoke("post-authentication", aTrigger("PostAuthentication_Authentication", user));
  const check = (user: Parameters<typeof aTrigger>[1]) =>
    invoke("record-reset", aBatch(aRecord("signed-in", user, stack.aws.clock.now())));

  it("does not record the sign-in of a user who was found protected lately", async () => {
    await deploy({ VERIFY_EVERY: "1h" });
    const user = await stack.user();
    await check(user);
    const mark = stack.calls.length;
    await stack.aws.clock.advanceBy(hour - 1);
    await signIn(user);
    expect(messages()).toEqual([]);
    const { lines, values } = stack.telemetry;
    expect([...lines, ...values].filter(({ source }) => source === "post-authentication")).toEqual([]);
    expect(stack.callsOf("post-authentication", mark)).toEqual(["DynamoDB GetItem"]);
  });

  it("records it again when verifyEvery has passed", async () => {
    await deploy({ VERIFY_EVERY: "1h" });
    const user = await stack.user();
    await check(user);
    await stack.aws.clock.advanceBy(hour);
    await signIn(user);
    expect(messages()).toHaveLength(1);
  });

  it("records every sign-in while a window is open", async () => {
    const user = await stack.user({ emailMfa: false });
    await invoke("record-reset", aBatch(aRecord("reset-confirmed", user, start)));
    await signIn(user);
    await signIn(user);
    expect(messages()).toHaveLength(2);
  });

  it("records the sign-in when the table cannot be read", async () => {
    const user = await stack.user();
    await signIn(user);
    await stack.aws.clock.settle();
    const before = messages().length;
    stack.aws.endpoint.faults = ({ operation, caller }) =>
      operation === "GetItem" && caller === "post-authentication" ? { kind: "throttle" } : undefined;
    await signIn(user);
    expect(messages()).toHaveLength(before + 1);
  });

  it("never looks twice at a user where verifyEvery is never", async () => {
    await deploy({ VERIFY_EVERY: "never" });
    const user = await stack.user();
    await signIn(user);
    expect(messages()).toHaveLength(1);
    await check(user);
    await stack.aws.clock.advanceBy(day + minute);
    await signIn(user);
    expect(messages()).toEqual([]);
  });
});
