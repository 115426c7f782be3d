import type { AdminSetUserMFAPreferenceCommandInput } from "@aws-sdk/client-cognito-identity-provider";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { totpCode } from "../src/cognito/software-token.ts";
import { type CognitoStack, EMAIL_MFA_POOL, startCognito } from "./support/cognito-stack.ts";

let stack: CognitoStack;
let UserPoolId: string;
let ClientId: string;
beforeEach(async () => {
  stack = await startCognito();
  ({ UserPoolId, ClientId } = await stack.createPool());
});
afterEach(() => stack.stop());

type Settings = Omit<AdminSetUserMFAPreferenceCommandInput, "UserPoolId" | "Username">;
const set = (settings: Settings, Username = "ana") =>
  stack.cognito.adminSetUserMFAPreference({ UserPoolId, Username, ...settings });

const factorsOf = async (Username = "ana") => {
  const user = await stack.cognito.adminGetUser({ UserPoolId, Username });
  return { active: user.UserMFASettingList, preferred: user.PreferredMfaSetting };
};

const enrolTotp = async () => {
  const AccessToken = (await stack.signIn(ClientId, "ana")).AuthenticationResult?.AccessToken;
  const { SecretCode = "" } = await stack.cognito.associateSoftwareToken({ AccessToken });
  await stack.cognito.verifySoftwareToken({ AccessToken, UserCode: totpCode(SecretCode, stack.clock.now()) });
  return AccessToken;
};

const on = { Enabled: true, PreferredMfa: true };
const off = { Enabled: false, PreferredMfa: false };
const refused = (name: string, message?: string) => ({ name, ...(message !== undefined && { message }) });

describe("the MFA preference", () => {
  beforeEach(() => stack.createUser(UserPoolId, "ana"));

  it("switches email MFA on, preferred, and off again", async () => {
    await set({ EmailMfaSettings: on });
    expect(await factorsOf()).toEqual({ active: ["EMAIL_OTP"], preferred: "EMAIL_OTP" });
    await set({ EmailMfaSettings: off });
    expect(await factorsOf()).toEqual({ active: undefined, preferred: undefined });
  });

  it("moves the preference of another factor to email, and leaves that factor on", async () => {
    await enrolTotp();
    await set({ SoftwareTokenMfaSettings: on });
    await set({ EmailMfaSettings: on });
    expect(await factorsOf()).toEqual({ active: ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"], preferred: "EMAIL_OTP" });
  });

  it("leaves factors alone that the call does not name", async () => {
    await enrolTotp();
    await set({ SoftwareTokenMfaSettings: on });
    await set({ EmailMfaSettings: { Enabled: true, PreferredMfa: false } });
    expect(await factorsOf()).toEqual({ active: ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"], preferred: "SOFTWARE_TOKEN_MFA" });
    await set({ EmailMfaSettings: off });
    expect(await factorsOf()).toEqual({ active: ["SOFTWARE_TOKEN_MFA"], preferred: "SOFTWARE_TOKEN_MFA" });
  });

  it("refuses two preferred factors and a preferred one that is off", async () => {
    await enrolTotp();
    await expect(set({ EmailMfaSettings: on, SoftwareTokenMfaSettings: on })).rejects.toMatchObject(
      refused("InvalidParameterException"),
    );
    await expect(set({ EmailMfaSettings: { Enabled: false, PreferredMfa: true } })).rejects.toMatchObject(
      refused("InvalidParameterException"),
    );
    expect(await factorsOf()).toEqual({ active: undefined, preferred: undefined });
  });

  it("refuses factors for which the user lacks the address or the enrolment", async () => {
    await stack.cognito.adminUpdateUserAttributes({
      UserPoolId,
      Username: "ana",
      UserAttributes: [{ Name: "email", Value: "" }],
    });
    const lacking = (factor: string) =>
      refused("InvalidParameterException", `User does not have delivery config set to turn on ${factor}`);
    await expect(set({ EmailMfaSettings: on })).rejects.toMatchObject(lacking("EMAIL_OTP"));
    await expect(set({ SoftwareTokenMfaSettings: on })).rejects.toMatchObject(lacking("SOFTWARE_TOKEN_MFA"));
    await expect(set({ SMSMfaSettings: off })).rejects.toMatchObject(
      refused("InvalidParameterException", "User does not have a phone_number set to turn on SMS MFA"),
    );
  });

  it("changes nothing at all when one of the factors is refused", async () => {
    await enrolTotp();
    const impossible = { Enabled: false, PreferredMfa: true };
    await expect(
      set({ SoftwareTokenMfaSettings: { Enabled: true }, EmailMfaSettings: impossible }),
    ).rejects.toMatchObject(refused("InvalidParameterException"));
    expect(await factorsOf()).toEqual({ active: undefined, preferred: undefined });
  });

  it("refuses a factor that the pool does not offer", async () => {
    await stack.cognito.setUserPoolMfaConfig({
      UserPoolId,
      MfaConfiguration: "OPTIONAL",
      SoftwareTokenMfaConfiguration: { Enabled: true },
    });
    await expect(set({ EmailMfaSettings: on })).rejects.toMatchObject(refused("InvalidParameterException"));
  });

  it("refuses an unknown user, and a factor it does not know", async () => {
    await expect(set({ EmailMfaSettings: on }, "nobody")).rejects.toMatchObject(refused("UserNotFoundException"));
    await expect(set({ WebAuthnMfaSettings: { Enabled: true } })).rejects.toMatchObject(
      refused("UnsupportedByLocalStack"),
    );
  });

  it("refuses a user whose password must be reset", async () => {
    await stack.cognito.adminResetUserPassword({ UserPoolId, Username: "ana" });
    await expect(set({ EmailMfaSettings: on })).rejects.toMatchObject(refused("PasswordResetRequiredException"));
  });

  it("refuses a user who has not confirmed", async () => {
    await stack.cognito.signUp({ ClientId, Username: "bob", Password: "Correct-horse-1" });
    await expect(set({ EmailMfaSettings: on }, "bob")).rejects.toMatchObject(refused("UserNotConfirmedException"));
  });

  it("refuses a federated user", async () => {
    const { username } = stack.service.seedFederatedUser(UserPoolId, {
      provider: "Okta",
      userId: "bob",
      email: "bob@example.com",
    });
    await expect(set({ EmailMfaSettings: on }, username)).rejects.toMatchObject(refused("InvalidParameterException"));
  });

  it("is changed by users themselves with an access token", async () => {
    const AccessToken = await enrolTotp();
    await stack.cognito.setUserMFAPreference({ AccessToken, EmailMfaSettings: on });
    expect(await stack.cognito.getUser({ AccessToken })).toMatchObject({
      UserMFASettingList: ["EMAIL_OTP"],
      PreferredMfaSetting: "EMAIL_OTP",
    });
  });

  it("answers as if it switched off a factor where MFA is required, and does not", async () => {
    ({ UserPoolId } = await stack.createPool(EMAIL_MFA_POOL, "ON"));
    await stack.createUser(UserPoolId, "ana");
    await set({ EmailMfaSettings: on });
    await set({ EmailMfaSettings: off });
    expect(await factorsOf()).toEqual({ active: ["EMAIL_OTP"], preferred: "EMAIL_OTP" });
  });
});

describe("what AdminGetUser does not show", () => {
  const phone = { phone_number: "+815012345678", phone_number_verified: "true" };
  const viaSms = [{ DeliveryMedium: "SMS" as const, AttributeName: "phone_number" }];
  const read = (Username = "ana") => stack.cognito.adminGetUser({ UserPoolId, Username });
  const challengeOf = async () => (await stack.signIn(ClientId, "ana")).ChallengeName;
  const switchPool = (MfaConfiguration: "OFF" | "ON" | "OPTIONAL") =>
    stack.cognito.setUserPoolMfaConfig({
      UserPoolId,
      MfaConfiguration,
      ...(MfaConfiguration !== "OFF" && { EmailMfaConfiguration: {} }),
    });

  it("shows SMS of the legacy settings in MFAOptions alone, and asks for it", async () => {
    const SmsConfiguration = { SnsCallerArn: "arn:aws:iam::123456789012:role/sms", ExternalId: "x" };
    ({ UserPoolId, ClientId } = await stack.createPool({ SmsConfiguration }));
    await stack.createUser(UserPoolId, "ana", phone);
    await stack.cognito.adminSetUserSettings({ UserPoolId, Username: "ana", MFAOptions: viaSms });
    const user = await read();
    expect(user.MFAOptions).toEqual(viaSms);
    expect(user).not.toHaveProperty("UserMFASettingList");
    expect(user).not.toHaveProperty("PreferredMfaSetting");
    expect(await challengeOf()).toBe("SMS_MFA");
    await set({ EmailMfaSettings: { Enabled: true, PreferredMfa: false } });
    expect(await challengeOf()).toBe("SELECT_MFA_TYPE");
    await set({ EmailMfaSettings: off, SMSMfaSettings: on });
    expect(await read()).toMatchObject({ UserMFASettingList: ["SMS_MFA"] });
    expect(await read()).not.toHaveProperty("MFAOptions");
  });

  it("takes the legacy setting off again, and refuses it without a phone number and for any other medium", async () => {
    await stack.createUser(UserPoolId, "ana", phone);
    await stack.createUser(UserPoolId, "bob");
    const setOptions = (Username: string, MFAOptions: typeof viaSms | []) =>
      stack.cognito.adminSetUserSettings({ UserPoolId, Username, MFAOptions });
    await setOptions("ana", viaSms);
    await setOptions("ana", []);
    expect(await read()).not.toHaveProperty("MFAOptions");
    await expect(setOptions("bob", viaSms)).rejects.toMatchObject(refused("InvalidParameterException"));
    const MFAOptions = [{ DeliveryMedium: "EMAIL" as const, AttributeName: "email" }];
    await expect(stack.cognito.adminSetUserSettings({ UserPoolId, Username: "ana", MFAOptions })).rejects.toMatchObject(
      refused("InvalidParameterException"),
    );
  });

  it("goes on listing an authenticator app that was set up again, and no longer asks for it", async () => {
    await stack.createUser(UserPoolId, "ana");
    const AccessToken = await enrolTotp();
    await set({ SoftwareTokenMfaSettings: on });
    expect(await challengeOf()).toBe("SOFTWARE_TOKEN_MFA");
    const { SecretCode = "" } = await stack.cognito.associateSoftwareToken({ AccessToken });
    expect(await factorsOf()).toEqual({ active: ["SOFTWARE_TOKEN_MFA"], preferred: "SOFTWARE_TOKEN_MFA" });
    expect(await challengeOf()).toBeUndefined();
    await set({ EmailMfaSettings: { Enabled: true, PreferredMfa: false } });
    expect(await challengeOf()).toBe("EMAIL_OTP");
    await stack.cognito.verifySoftwareToken({ AccessToken, UserCode: totpCode(SecretCode, stack.clock.now()) });
    expect(await challengeOf()).toBe("SOFTWARE_TOKEN_MFA");
  });

  it("may show an unset preference as an empty string", async () => {
    await stack.createUser(UserPoolId, "ana");
    stack.behaviour.noPreference = "empty";
    expect(await factorsOf()).toEqual({ active: undefined, preferred: "" });
    await set({ EmailMfaSettings: on });
    expect((await factorsOf()).preferred).toBe("EMAIL_OTP");
  });

  it("may list no factors where MFA is required, even enabled ones, and still asks", async () => {
    stack.behaviour.changesWhereMfaIsRequired = "unlisted";
    await stack.createUser(UserPoolId, "ana");
    await set({ EmailMfaSettings: on });
    await switchPool("ON");
    await set({ EmailMfaSettings: off });
    expect((await factorsOf()).active).toBeUndefined();
    await set({ EmailMfaSettings: on });
    expect((await factorsOf()).active).toBeUndefined();
    expect(await challengeOf()).toBe("EMAIL_OTP");
  });

  it.each(["refused", "ignored"] as const)("goes on listing factors where MFA is off: enabling is %s", async (side) => {
    stack.behaviour.enablingWhereMfaIsOff = side;
    await stack.createUser(UserPoolId, "ana");
    await stack.createUser(UserPoolId, "bob");
    await set({ EmailMfaSettings: on });
    await switchPool("OFF");
    expect((await factorsOf()).active).toEqual(["EMAIL_OTP"]);
    expect(await challengeOf()).toBeUndefined();
    const enabling = set({ EmailMfaSettings: on }, "bob");
    if (side === "refused") await expect(enabling).rejects.toMatchObject(refused("InvalidParameterException"));
    else await enabling;
    expect((await factorsOf("bob")).active).toBeUndefined();
  });
});
