import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type CognitoStack, PASSWORD, startCognito } from "./support/cognito-stack.ts";

let stack: CognitoStack;
let UserPoolId: string;
let ClientId: string;
beforeEach(async () => {
  stack = await startCognito();
  ({ UserPoolId, ClientId } = await stack.createPool());
  await stack.createUser(UserPoolId, "ana");
});
afterEach(() => stack.stop());

const MINUTE = 60_000;
const NEW_PASSWORD = "Another-horse-2";
const NO_CHANNEL = {
  name: "InvalidParameterException",
  message: "Cannot reset password for the user as there is no registered/verified email or phone_number",
};
const forgot = (Username = "ana") => stack.cognito.forgotPassword({ ClientId, Username });
const confirm = (ConfirmationCode: string, Password = NEW_PASSWORD, Username = "ana") =>
  stack.cognito.confirmForgotPassword({ ClientId, Username, ConfirmationCode, Password });
const code = () => stack.mailedCode("ana@example.com");

describe("a forgotten password", () => {
  it("is replaced by the code that was mailed", async () => {
    const { CodeDeliveryDetails } = await forgot();
    expect(CodeDeliveryDetails).toEqual({
      Destination: "a***@e***",
      DeliveryMedium: "EMAIL",
      AttributeName: "email",
    });
    expect(code()).toMatch(/^\d{6}$/);
    await confirm(code());
    await expect(stack.signIn(ClientId, "ana")).rejects.toMatchObject({ name: "NotAuthorizedException" });
    expect(await stack.signIn(ClientId, "ana", NEW_PASSWORD)).toHaveProperty("AuthenticationResult");
  });

  it("cannot be recovered by email while email MFA is on, and can once it is off", async () => {
    await stack.enableEmailMfa(UserPoolId, "ana");
    await expect(forgot()).rejects.toMatchObject(NO_CHANNEL);
    expect(stack.mailbox.mails).toEqual([]);
    await stack.cognito.adminSetUserMFAPreference({
      UserPoolId,
      Username: "ana",
      EmailMfaSettings: { Enabled: false, PreferredMfa: false },
    });
    await forgot();
    await confirm(code());
  });

  it("can be recovered by phone while email MFA is on", async () => {
    await stack.createUser(UserPoolId, "bob", { phone_number: "+819012345678", phone_number_verified: "true" });
    await stack.enableEmailMfa(UserPoolId, "bob");
    const { CodeDeliveryDetails } = await forgot("bob");
    expect(CodeDeliveryDetails).toMatchObject({ DeliveryMedium: "SMS", Destination: "+********5678" });
    await confirm(stack.mailedCode("+819012345678"), NEW_PASSWORD, "bob");
  });

  it("is recovered by email where the pool puts email first", async () => {
    ({ UserPoolId, ClientId } = await stack.createPool(
      {
        AccountRecoverySetting: {
          RecoveryMechanisms: [
            { Name: "verified_phone_number", Priority: 2 },
            { Name: "verified_email", Priority: 1 },
          ],
        },
      },
      "OFF",
    ));
    await stack.createUser(UserPoolId, "bob", { phone_number: "+819012345678", phone_number_verified: "true" });
    expect((await forgot("bob")).CodeDeliveryDetails?.DeliveryMedium).toBe("EMAIL");
  });

  it("cannot be recovered by an address that is not verified", async () => {
    await stack.createUser(UserPoolId, "bob", { email_verified: "false" });
    await expect(forgot("bob")).rejects.toMatchObject(NO_CHANNEL);
  });

  it("cannot be recovered where only an administrator may", async () => {
    ({ UserPoolId, ClientId } = await stack.createPool(
      { AccountRecoverySetting: { RecoveryMechanisms: [{ Name: "admin_only", Priority: 1 }] } },
      "OFF",
    ));
    await stack.createUser(UserPoolId, "ana");
    await expect(forgot()).rejects.toMatchObject({ name: "NotAuthorizedException" });
  });

  it("cannot be recovered before the first sign-in", async () => {
    await stack.cognito.adminSetUserPassword({ UserPoolId, Username: "ana", Password: "Temporary-1" });
    await expect(forgot()).rejects.toMatchObject({
      name: "NotAuthorizedException",
      message: "User password cannot be reset in the current state.",
    });
  });

  it("shows an unknown user only to clients that do not hide users", async () => {
    await expect(forgot("nobody")).rejects.toMatchObject({ name: "UserNotFoundException" });
    ClientId = await stack.createClient(UserPoolId, { PreventUserExistenceErrors: "ENABLED" });
    expect((await forgot("nobody")).CodeDeliveryDetails).toMatchObject({ DeliveryMedium: "EMAIL" });
    expect(stack.mailbox.mails).toEqual([]);
    await expect(confirm("123456", NEW_PASSWORD, "nobody")).rejects.toMatchObject({ name: "CodeMismatchException" });
  });
});

describe("a recovery code", () => {
  it("is taken once", async () => {
    await forgot();
    await confirm(code());
    await expect(confirm(code())).rejects.toMatchObject({
      name: "ExpiredCodeException",
      message: "Invalid code provided, please request a code again.",
    });
  });

  it("is taken for an hour", async () => {
    await forgot();
    await stack.clock.advanceBy(60 * MINUTE);
    await expect(confirm(code())).rejects.toMatchObject({ name: "ExpiredCodeException" });
    await forgot();
    await stack.clock.advanceBy(60 * MINUTE - 1);
    await confirm(code());
  });

  it("replaces the one before", async () => {
    await forgot();
    const first = code();
    await forgot();
    await expect(confirm(first)).rejects.toMatchObject({
      name: "CodeMismatchException",
      message: "Invalid verification code provided, please try again.",
    });
    await confirm(code());
  });

  it("is not spent on a password that breaks the policy", async () => {
    await forgot();
    await expect(confirm(code(), "weak")).rejects.toMatchObject({ name: "InvalidPasswordException" });
    await confirm(code());
  });

  it("can be asked for, and guessed, only so many times an hour", async () => {
    stack.behaviour.recoveryAttemptsPerHour = 3;
    const exceeded = {
      name: "LimitExceededException",
      message: "Attempt limit exceeded, please try after some time.",
    };
    for (let attempt = 1; attempt <= 3; attempt += 1) await forgot();
    await expect(forgot()).rejects.toMatchObject(exceeded);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await expect(confirm("wrong")).rejects.toMatchObject({ name: "CodeMismatchException" });
    }
    await expect(confirm(code())).rejects.toMatchObject(exceeded);
    await stack.clock.advanceBy(60 * MINUTE);
    await forgot();
    await confirm(code());
  });
});

describe("an administrator's reset", () => {
  it("sends a code, and keeps the user out until it is used", async () => {
    await stack.cognito.adminResetUserPassword({ UserPoolId, Username: "ana" });
    await expect(stack.signIn(ClientId, "ana")).rejects.toMatchObject({
      name: "PasswordResetRequiredException",
      message: "Password reset required for the user",
    });
    await confirm(code());
    expect((await stack.cognito.adminGetUser({ UserPoolId, Username: "ana" })).UserStatus).toBe("CONFIRMED");
    expect(await stack.signIn(ClientId, "ana", NEW_PASSWORD)).toHaveProperty("AuthenticationResult");
  });

  it("is refused, and changes nothing, while email MFA is on and email the only way", async () => {
    await stack.enableEmailMfa(UserPoolId, "ana");
    await expect(stack.cognito.adminResetUserPassword({ UserPoolId, Username: "ana" })).rejects.toMatchObject(
      NO_CHANNEL,
    );
    expect((await stack.signIn(ClientId, "ana", PASSWORD)).ChallengeName).toBe("EMAIL_OTP");
  });
});

describe("unproven behaviour of recovery", () => {
  it("can be that email MFA blocks recovery only while it is preferred", async () => {
    await stack.enableEmailMfa(UserPoolId, "ana", false);
    await expect(forgot()).rejects.toMatchObject(NO_CHANNEL);
    stack.behaviour.emailRecoveryBlockedBy = "preferred";
    await forgot();
    await stack.enableEmailMfa(UserPoolId, "ana");
    await expect(forgot()).rejects.toMatchObject(NO_CHANNEL);
  });

  it("can be that a client that hides users answers as if a code was sent", async () => {
    await stack.enableEmailMfa(UserPoolId, "ana");
    ClientId = await stack.createClient(UserPoolId, { PreventUserExistenceErrors: "ENABLED" });
    await expect(forgot()).rejects.toMatchObject(NO_CHANNEL);
    stack.behaviour.answerWithoutRecoveryChannel = "simulated";
    expect((await forgot()).CodeDeliveryDetails).toMatchObject({ DeliveryMedium: "EMAIL" });
    expect(stack.mailbox.mails).toEqual([]);
  });
});
