import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  ALL_TRIGGERS,
  type CognitoStack,
  PASSWORD,
  startCognito,
  type TriggerEvent,
  triggerArn,
} from "./support/cognito-stack.ts";

let stack: CognitoStack;
let UserPoolId: string;
let ClientId: string;
let sub: string;
beforeEach(async () => {
  stack = await startCognito();
  ({ UserPoolId, ClientId } = await stack.createPool({ LambdaConfig: ALL_TRIGGERS }));
  sub = await stack.createUser(UserPoolId, "ana");
  stack.functions.events.length = 0;
});
afterEach(() => stack.stop());

const NEW_PASSWORD = "Another-horse-2";
const metadata = { ClientMetadata: { reason: "test" } };
const forgot = (settings: object = {}) => stack.cognito.forgotPassword({ ClientId, Username: "ana", ...settings });
const confirm = (settings: object = {}) =>
  stack.cognito.confirmForgotPassword({
    ClientId,
    Username: "ana",
    ConfirmationCode: stack.mailedCode("ana@example.com"),
    Password: NEW_PASSWORD,
    ...settings,
  });
const common = (triggerSource: string) => ({
  version: "1",
  triggerSource,
  region: "ap-northeast-1",
  userPoolId: UserPoolId,
  userName: "ana",
  callerContext: { awsSdkVersion: "aws-sdk-unknown-unknown", clientId: ClientId },
});
const attributes = (status: string) => ({
  sub,
  email: "ana@example.com",
  email_verified: "true",
  "cognito:user_status": status,
});
const answerWith = (response: object) => (event: TriggerEvent) => ({ ...event, response });

describe("the events of triggers", () => {
  it("for a password reset are CustomMessage, then PostConfirmation", async () => {
    await forgot(metadata);
    await confirm(metadata);
    expect(stack.functions.events).toEqual([
      {
        ...common("CustomMessage_ForgotPassword"),
        request: {
          userAttributes: attributes("CONFIRMED"),
          codeParameter: "{####}",
          linkParameter: "{##Click Here##}",
          usernameParameter: null,
          clientMetadata: { reason: "test" },
        },
        response: { smsMessage: null, emailMessage: null, emailSubject: null },
      },
      {
        ...common("PostConfirmation_ConfirmForgotPassword"),
        request: { userAttributes: attributes("CONFIRMED"), clientMetadata: { reason: "test" } },
        response: {},
      },
    ]);
  });

  it("carry the username when the user is called by an alias", async () => {
    ({ UserPoolId, ClientId } = await stack.createPool({ LambdaConfig: ALL_TRIGGERS, AliasAttributes: ["email"] }));
    await stack.createUser(UserPoolId, "ana");
    await forgot({ Username: "ana@example.com" });
    expect(stack.functions.latest("CustomMessage_ForgotPassword").userName).toBe("ana");
  });

  it("for an administrator's reset are those of a forgotten password, without a client", async () => {
    await stack.cognito.adminResetUserPassword({ UserPoolId, Username: "ana" });
    expect(stack.functions.latest("CustomMessage_ForgotPassword").callerContext["clientId"]).toBe(
      "CLIENT_ID_NOT_APPLICABLE",
    );
  });

  it("for a refused reset do not exist", async () => {
    await stack.enableEmailMfa(UserPoolId, "ana");
    await expect(forgot()).rejects.toThrow();
    await stack.cognito.adminSetUserPassword({ UserPoolId, Username: "ana", Password: NEW_PASSWORD });
    expect(stack.functions.events).toEqual([]);
  });

  it("for a sign-in are PreAuthentication before the password and PostAuthentication after the last challenge", async () => {
    await stack.enableEmailMfa(UserPoolId, "ana");
    await expect(stack.signIn(ClientId, "ana", "wrong")).rejects.toThrow();
    expect(stack.functions.sources).toEqual(["PreAuthentication_Authentication"]);
    const { Session } = await stack.cognito.initiateAuth({
      ClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: "ana", PASSWORD },
      ClientMetadata: { from: "initiate" },
    });
    expect(stack.functions.sources).not.toContain("PostAuthentication_Authentication");
    await stack.cognito.respondToAuthChallenge({
      ClientId,
      ChallengeName: "EMAIL_OTP",
      Session,
      ChallengeResponses: { USERNAME: "ana", EMAIL_OTP_CODE: stack.mailedCode("ana@example.com") },
      ClientMetadata: { from: "respond" },
    });
    expect(stack.functions.latest("PreAuthentication_Authentication").request).toEqual({
      userAttributes: attributes("CONFIRMED"),
      validationData: { from: "initiate" },
    });
    expect(stack.functions.latest("PostAuthentication_Authentication")).toEqual({
      ...common("PostAuthentication_Authentication"),
      request: {
        userAttributes: attributes("CONFIRMED"),
        newDeviceUsed: false,
        clientMetadata: { from: "respond" },
      },
      response: {},
    });
  });

  it("for the sign-in of an unknown user say so where users are hidden", async () => {
    const hiding = await stack.createClient(UserPoolId, { PreventUserExistenceErrors: "ENABLED" });
    await expect(stack.signIn(hiding, "nobody")).rejects.toThrow();
    expect(stack.functions.latest("PreAuthentication_Authentication")).toMatchObject({
      userName: "nobody",
      request: { userNotFound: true },
    });
  });

  it("for an invitation are PreSignUp, then CustomMessage, which words the mail", async () => {
    stack.functions.handlers.set("custom-message", (event) => ({
      ...event,
      response: {
        emailSubject: "Hello",
        emailMessage: `${String(event.request["usernameParameter"])} / ${String(event.request["codeParameter"])}`,
      },
    }));
    await stack.cognito.adminCreateUser({
      UserPoolId,
      Username: "bob",
      UserAttributes: [{ Name: "email", Value: "bob@example.com" }],
      TemporaryPassword: "Temporary-1",
      DesiredDeliveryMediums: ["EMAIL"],
    });
    expect(stack.functions.sources).toEqual(["PreSignUp_AdminCreateUser", "CustomMessage_AdminCreateUser"]);
    expect(stack.functions.latest("CustomMessage_AdminCreateUser").request.userAttributes).toMatchObject({
      "cognito:user_status": "FORCE_CHANGE_PASSWORD",
    });
    expect(stack.mailbox.latest("bob@example.com")).toMatchObject({ subject: "Hello", body: "bob / Temporary-1" });
  });
});

describe("a trigger's answer", () => {
  it("words the mail of a reset, with every place for the code filled", async () => {
    stack.functions.handlers.set(
      "custom-message",
      answerWith({ emailSubject: "再設定", emailMessage: "{####} または {####}", smsMessage: null }),
    );
    await forgot();
    const mail = stack.mailbox.latest("ana@example.com");
    expect(mail.subject).toBe("再設定");
    expect(mail.body).toMatch(/^(\d{6}) または \1$/);
  });

  it.each([
    ["without the code", { emailMessage: "no code" }],
    ["that is too long", { emailMessage: `{####}${"x".repeat(20_000)}` }],
    ["with a subject that is too long", { emailMessage: "{####}", emailSubject: "x".repeat(141) }],
    ["that is no text", { emailMessage: 1 }],
  ])("is refused with a mail %s", async (_, response) => {
    stack.functions.handlers.set("custom-message", answerWith(response));
    await expect(forgot()).rejects.toMatchObject({ name: "InvalidLambdaResponseException" });
    expect(stack.mailbox.mails).toEqual([]);
  });

  it("with a mail is refused where Cognito's own sender is used", async () => {
    const plain = await stack.createPool({ LambdaConfig: ALL_TRIGGERS, EmailConfiguration: {} }, "OFF");
    await stack.createUser(plain.UserPoolId, "ana");
    await stack.cognito.forgotPassword({ ClientId: plain.ClientId, Username: "ana" });
    stack.functions.handlers.set("custom-message", answerWith({ emailMessage: "{####}" }));
    await expect(stack.cognito.forgotPassword({ ClientId: plain.ClientId, Username: "ana" })).rejects.toMatchObject({
      name: "InvalidLambdaResponseException",
    });
  });

  it.each([
    ["nothing", undefined],
    ["an empty object", {}],
    ["text", "done"],
    ["a response that is no object", { response: null }],
  ])("is refused when it is %s", async (_, answer) => {
    stack.functions.handlers.set("post-confirmation", () => answer);
    await forgot();
    await expect(confirm()).rejects.toMatchObject({
      name: "InvalidLambdaResponseException",
      message: "Unrecognizable lambda output",
    });
  });
});

describe("a trigger that fails", () => {
  const failing = () => {
    throw new Error("no such table");
  };

  it("in CustomMessage fails the request, and no code is sent", async () => {
    stack.functions.handlers.set("custom-message", failing);
    await expect(forgot()).rejects.toMatchObject({
      name: "UserLambdaValidationException",
      message: "CustomMessage failed with error no such table.",
    });
    expect(stack.mailbox.mails).toEqual([]);
  });

  it("because it does not exist fails the request", async () => {
    const broken = await stack.createPool({ LambdaConfig: { CustomMessage: triggerArn("missing") } });
    await stack.createUser(broken.UserPoolId, "ana");
    await expect(forgot({ ClientId: broken.ClientId })).rejects.toMatchObject({
      name: "UnexpectedLambdaException",
      message: "CustomMessage invocation failed due to error ResourceNotFoundException.",
    });
  });

  it("in PreAuthentication or PostAuthentication fails the sign-in", async () => {
    stack.functions.handlers.set("post-authentication", failing);
    await expect(stack.signIn(ClientId, "ana")).rejects.toMatchObject({
      message: "PostAuthentication failed with error no such table.",
    });
    stack.functions.handlers.set("pre-authentication", failing);
    await expect(stack.signIn(ClientId, "ana")).rejects.toMatchObject({
      message: "PreAuthentication failed with error no such table.",
    });
  });

  it("in PreSignUp keeps the user from being created", async () => {
    stack.functions.handlers.set("pre-sign-up", failing);
    const bob = { UserPoolId, Username: "bob" };
    await expect(stack.cognito.adminCreateUser(bob)).rejects.toMatchObject({ name: "UserLambdaValidationException" });
    await expect(stack.cognito.adminGetUser(bob)).rejects.toMatchObject({ name: "UserNotFoundException" });
  });

  it("in PostConfirmation shows the user an error although the password has changed", async () => {
    stack.functions.handlers.set("post-confirmation", failing);
    await forgot();
    await expect(confirm()).rejects.toMatchObject({ name: "UserLambdaValidationException" });
    expect(await stack.signIn(ClientId, "ana", NEW_PASSWORD)).toHaveProperty("AuthenticationResult");
  });

  it("in PostConfirmation can instead leave everything as it was", async () => {
    stack.behaviour.passwordChangedWhenPostConfirmationFails = false;
    stack.functions.handlers.set("post-confirmation", failing);
    await forgot();
    await expect(confirm()).rejects.toThrow();
    expect(await stack.signIn(ClientId, "ana")).toHaveProperty("AuthenticationResult");
    stack.functions.handlers.delete("post-confirmation");
    await confirm();
    expect(await stack.signIn(ClientId, "ana", NEW_PASSWORD)).toHaveProperty("AuthenticationResult");
  });
});

describe("a trigger that takes long", () => {
  const called = async (times: number) => {
    while (stack.functions.events.length < times) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  const sleeping = (milliseconds: number) => async (event: TriggerEvent) => {
    await stack.clock.sleep(milliseconds);
    return event;
  };
  const outcomeOf = (call: Promise<unknown>) =>
    call.then(
      () => "done",
      (error: Error) => `${error.name}: ${error.message}`,
    );

  it("is waited for until the fifth second", async () => {
    stack.functions.handlers.set("custom-message", sleeping(4999));
    const outcome = outcomeOf(forgot());
    await called(1);
    await stack.clock.advanceBy(10_000);
    expect(await outcome).toBe("done");
    expect(stack.functions.events).toHaveLength(1);
  });

  it("is called again after five seconds, with the same event", async () => {
    let calls = 0;
    stack.functions.handlers.set("custom-message", (event) => ((calls += 1) === 1 ? sleeping(6000)(event) : event));
    const outcome = outcomeOf(forgot());
    await called(1);
    await stack.clock.advanceBy(5000);
    expect(await outcome).toBe("done");
    expect(stack.functions.events).toHaveLength(2);
    expect(stack.functions.events[1]).toEqual(stack.functions.events[0]);
  });

  it("fails the request after the third time", async () => {
    stack.functions.handlers.set("custom-message", sleeping(6000));
    const outcome = outcomeOf(forgot());
    await called(1);
    await stack.clock.advanceBy(15_000);
    expect(await outcome).toBe(
      "UnexpectedLambdaException: CustomMessage invocation failed due to error Socket timeout while invoking Lambda function.",
    );
    expect(stack.functions.events).toHaveLength(3);
  });
});

describe("unproven behaviour of triggers", () => {
  it("can be that PostConfirmation passes over users whom an administrator created, and only those", async () => {
    stack.behaviour.postConfirmationForAdminCreatedUsers = false;
    await forgot();
    await confirm();
    expect(stack.functions.sources).toEqual(["CustomMessage_ForgotPassword"]);
    await stack.cognito.signUp({
      ClientId,
      Username: "bob",
      Password: PASSWORD,
      UserAttributes: [{ Name: "email", Value: "bob@example.com" }],
    });
    await stack.cognito.confirmSignUp({
      ClientId,
      Username: "bob",
      ConfirmationCode: stack.mailedCode("bob@example.com"),
    });
    await forgot({ Username: "bob" });
    await confirm({ Username: "bob", ConfirmationCode: stack.mailedCode("bob@example.com") });
    expect(stack.functions.latest("PostConfirmation_ConfirmForgotPassword").userName).toBe("bob");
  });

  it("can be that PostAuthentication does not fire, at all or after a first password", async () => {
    const respond = async () => {
      const { Session } = await stack.signIn(ClientId, "ana", "Temporary-1");
      await stack.cognito.respondToAuthChallenge({
        ClientId,
        ChallengeName: "NEW_PASSWORD_REQUIRED",
        Session,
        ChallengeResponses: { USERNAME: "ana", NEW_PASSWORD },
      });
    };
    const temporary = { UserPoolId, Username: "ana", Password: "Temporary-1" };
    stack.behaviour.postAuthenticationAfterNewPassword = false;
    await stack.cognito.adminSetUserPassword(temporary);
    await respond();
    expect(stack.functions.sources).not.toContain("PostAuthentication_Authentication");
    stack.behaviour.postAuthenticationAfterNewPassword = true;
    await stack.cognito.adminSetUserPassword(temporary);
    await respond();
    expect(stack.functions.sources).toContain("PostAuthentication_Authentication");
    stack.functions.events.length = 0;
    stack.behaviour.postAuthenticationAtSignIn = false;
    await stack.signIn(ClientId, "ana", NEW_PASSWORD);
    expect(stack.functions.sources).toEqual(["PreAuthentication_Authentication"]);
  });

  it("can be that CustomMessage words the codes of email MFA", async () => {
    await stack.enableEmailMfa(UserPoolId, "ana");
    await stack.signIn(ClientId, "ana");
    expect(stack.functions.sources).not.toContain("CustomMessage_Authentication");
    stack.behaviour.customMessageOnEmailMfa = true;
    stack.functions.handlers.set("custom-message", answerWith({ emailMessage: "MFA {####}" }));
    await stack.signIn(ClientId, "ana");
    expect(stack.mailbox.latest("ana@example.com").body).toMatch(/^MFA \d{8}$/);
  });
});

describe("signing up", () => {
  const signUp = () =>
    stack.cognito.signUp({
      ClientId,
      Username: "bob",
      Password: PASSWORD,
      UserAttributes: [{ Name: "email", Value: "bob@example.com" }],
      ClientMetadata: { campaign: "spring" },
    });
  const confirmSignUp = (ConfirmationCode = stack.mailedCode("bob@example.com")) =>
    stack.cognito.confirmSignUp({ ClientId, Username: "bob", ConfirmationCode });

  it("mails a code that confirms the user and verifies the address, with the triggers in order", async () => {
    expect(await signUp()).toMatchObject({
      UserConfirmed: false,
      CodeDeliveryDetails: { Destination: "b***@e***", DeliveryMedium: "EMAIL" },
    });
    await expect(stack.signIn(ClientId, "bob")).rejects.toMatchObject({
      name: "UserNotConfirmedException",
      message: "User is not confirmed.",
    });
    await confirmSignUp();
    expect(stack.functions.sources).toEqual([
      "PreSignUp_SignUp",
      "CustomMessage_SignUp",
      "PreAuthentication_Authentication",
      "PostConfirmation_ConfirmSignUp",
    ]);
    expect(stack.functions.latest("PreSignUp_SignUp").request).toMatchObject({
      clientMetadata: { campaign: "spring" },
    });
    expect(stack.functions.latest("PostConfirmation_ConfirmSignUp").request.userAttributes).toMatchObject({
      email_verified: "true",
      "cognito:user_status": "CONFIRMED",
    });
    await expect(confirmSignUp()).rejects.toMatchObject({
      name: "NotAuthorizedException",
      message: "User cannot be confirmed. Current status is CONFIRMED",
    });
  });

  it("takes a code for a day, and a new one in its place", async () => {
    await signUp();
    await expect(confirmSignUp("wrong")).rejects.toMatchObject({ name: "CodeMismatchException" });
    await stack.clock.advanceBy(86_400_000);
    await expect(confirmSignUp()).rejects.toMatchObject({ name: "ExpiredCodeException" });
    await stack.cognito.resendConfirmationCode({ ClientId, Username: "bob" });
    expect(stack.functions.sources.at(-1)).toBe("CustomMessage_ResendCode");
    await confirmSignUp();
  });

  it("is confirmed at once where PreSignUp says so, or by an administrator", async () => {
    await signUp();
    await stack.cognito.adminConfirmSignUp({ UserPoolId, Username: "bob" });
    expect(stack.functions.sources.at(-1)).toBe("PostConfirmation_ConfirmSignUp");
    await stack.cognito.adminDeleteUser({ UserPoolId, Username: "bob" });
    stack.functions.handlers.set("pre-sign-up", answerWith({ autoConfirmUser: true, autoVerifyEmail: true }));
    expect(await signUp()).toMatchObject({ UserConfirmed: true });
    expect(await stack.signIn(ClientId, "bob")).toHaveProperty("AuthenticationResult");
  });

  it("is refused when PreSignUp's answer makes no sense", async () => {
    stack.functions.handlers.set("pre-sign-up", answerWith({ autoConfirmUser: "yes" }));
    await expect(signUp()).rejects.toMatchObject({ name: "InvalidLambdaResponseException" });
  });

  it("is refused where only administrators create users", async () => {
    await stack.cognito.updateUserPool({
      UserPoolId,
      LambdaConfig: { PreSignUp: triggerArn("pre-sign-up") },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    });
    await expect(signUp()).rejects.toMatchObject({
      name: "NotAuthorizedException",
      message: "SignUp is not permitted for this user pool",
    });
  });

  it("cannot declare an address verified", async () => {
    await expect(
      stack.cognito.signUp({
        ClientId,
        Username: "bob",
        Password: PASSWORD,
        UserAttributes: [{ Name: "email_verified", Value: "true" }],
      }),
    ).rejects.toMatchObject({ name: "NotAuthorizedException" });
  });
});
