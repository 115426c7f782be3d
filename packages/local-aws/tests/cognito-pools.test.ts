import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ALL_TRIGGERS, type CognitoStack, EMAIL_MFA_POOL, startCognito, triggerArn } from "./support/cognito-stack.ts";

let stack: CognitoStack;
beforeEach(async () => {
  stack = await startCognito();
});
afterEach(() => stack.stop());

const poolOf = async (settings: object) =>
  (await stack.cognito.createUserPool({ PoolName: "p", ...settings })).UserPool;

describe("user pools", () => {
  it("describes a pool with its settings and the defaults", async () => {
    const created = await poolOf({ LambdaConfig: ALL_TRIGGERS, UserPoolTags: { team: "a" } });
    const { UserPool } = await stack.cognito.describeUserPool({ UserPoolId: created?.Id });
    expect(UserPool).toMatchObject({
      Id: expect.stringMatching(/^ap-northeast-1_[0-9A-Za-z]{9}$/),
      Arn: `arn:aws:cognito-idp:ap-northeast-1:123456789012:userpool/${created?.Id}`,
      CreationDate: new Date("2026-01-01T00:00:00.000Z"),
      LambdaConfig: ALL_TRIGGERS,
      MfaConfiguration: "OFF",
      UserPoolTier: "ESSENTIALS",
      UserPoolTags: { team: "a" },
      Policies: { PasswordPolicy: { MinimumLength: 8, RequireSymbols: true, TemporaryPasswordValidityDays: 7 } },
      EmailConfiguration: { EmailSendingAccount: "COGNITO_DEFAULT" },
    });
  });

  it("refuses a pool that does not exist", async () => {
    await expect(stack.cognito.describeUserPool({ UserPoolId: "ap-northeast-1_none" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "User pool ap-northeast-1_none does not exist.",
    });
  });

  it("refuses a pool id that breaks the pattern", async () => {
    await expect(stack.cognito.describeUserPool({ UserPoolId: "staff" })).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining("Value at 'UserPoolId' failed to satisfy constraint"),
    });
  });

  it("refuses an operation that it does not know", async () => {
    await expect(stack.cognito.listDevices({ AccessToken: "a" })).rejects.toMatchObject({
      name: "UnsupportedByLocalStack",
      message: expect.stringMatching(/^The local stack does not know cognito-idp ListDevices\. What it knows: http/),
    });
  });

  it("refuses a member that it does not know, at any depth", async () => {
    await expect(poolOf({ DeviceConfiguration: {} })).rejects.toMatchObject({
      message: "The local stack does not know the member DeviceConfiguration.",
    });
    await expect(poolOf({ LambdaConfig: { UserMigration: triggerArn("x") } })).rejects.toMatchObject({
      message: "The local stack does not know the member LambdaConfig.UserMigration.",
    });
  });

  it("resets settings that an update leaves out, except the plan and the name", async () => {
    const { UserPoolId } = await stack.createPool({ LambdaConfig: ALL_TRIGGERS, UserPoolTier: "PLUS" });
    await stack.cognito.updateUserPool({ UserPoolId, LambdaConfig: { PostConfirmation: triggerArn("b") } });
    const { UserPool } = await stack.cognito.describeUserPool({ UserPoolId });
    expect(UserPool).toMatchObject({
      Name: "staff",
      LambdaConfig: { PostConfirmation: triggerArn("b") },
      AutoVerifiedAttributes: [],
      EmailConfiguration: { EmailSendingAccount: "COGNITO_DEFAULT" },
      MfaConfiguration: "OFF",
      UserPoolTier: "PLUS",
    });
    expect(UserPool?.LambdaConfig).not.toHaveProperty("CustomMessage");
    expect(UserPool).not.toHaveProperty("AccountRecoverySetting");
  });

  it("keeps everything when an update sends all settings back", async () => {
    const { UserPoolId } = await stack.createPool({ LambdaConfig: ALL_TRIGGERS });
    const before = (await stack.cognito.describeUserPool({ UserPoolId })).UserPool;
    await stack.cognito.updateUserPool({
      UserPoolId,
      LambdaConfig: before?.LambdaConfig,
      AutoVerifiedAttributes: before?.AutoVerifiedAttributes,
      EmailConfiguration: before?.EmailConfiguration,
      AccountRecoverySetting: before?.AccountRecoverySetting,
      MfaConfiguration: before?.MfaConfiguration,
      Policies: before?.Policies,
    });
    expect((await stack.cognito.describeUserPool({ UserPoolId })).UserPool).toEqual(before);
    expect(await stack.cognito.getUserPoolMfaConfig({ UserPoolId })).toMatchObject({ EmailMfaConfiguration: {} });
  });

  it("refuses the old and the new validity of temporary passwords together, as a careless write-back sends them", async () => {
    const { UserPoolId } = await stack.createPool();
    const { UserPool } = await stack.cognito.describeUserPool({ UserPoolId });
    const { AdminCreateUserConfig, Policies } = UserPool ?? {};
    await expect(stack.cognito.updateUserPool({ UserPoolId, AdminCreateUserConfig, Policies })).rejects.toMatchObject({
      message: expect.stringContaining("Please use TemporaryPasswordValidityDays"),
    });
  });

  it("shows a verification text in both of its places", async () => {
    const pool = await poolOf({ VerificationMessageTemplate: { EmailMessage: "Code: {####}" } });
    expect(pool?.EmailVerificationMessage).toBe("Code: {####}");
  });

  it("pages through pools", async () => {
    for (const PoolName of ["a", "b", "c"]) await poolOf({ PoolName });
    const first = await stack.cognito.listUserPools({ MaxResults: 2 });
    const second = await stack.cognito.listUserPools({ MaxResults: 2, NextToken: first.NextToken });
    expect([first, second].map((page) => page.UserPools?.map(({ Name }) => Name))).toEqual([["a", "b"], ["c"]]);
    expect(second.NextToken).toBeUndefined();
  });

  it("does not delete a protected pool", async () => {
    const pool = await poolOf({ DeletionProtection: "ACTIVE" });
    await expect(stack.cognito.deleteUserPool({ UserPoolId: pool?.Id })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await stack.cognito.updateUserPool({ UserPoolId: pool?.Id });
    await stack.cognito.deleteUserPool({ UserPoolId: pool?.Id });
    expect((await stack.cognito.listUserPools({ MaxResults: 60 })).UserPools).toEqual([]);
  });

  it("refuses MFA on a pool that is created without any factor", async () => {
    await expect(poolOf({ MfaConfiguration: "OPTIONAL" })).rejects.toMatchObject({
      message: "SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
    });
  });
});

describe("MFA configuration of a pool", () => {
  const email = { MfaConfiguration: "OPTIONAL", EmailMfaConfiguration: { Message: "Code {####}" } } as const;

  it("returns the new configuration", async () => {
    const UserPoolId = (await poolOf(EMAIL_MFA_POOL))?.Id;
    await stack.cognito.setUserPoolMfaConfig({ UserPoolId, ...email });
    expect(await stack.cognito.getUserPoolMfaConfig({ UserPoolId })).toMatchObject(email);
  });

  it("is replaced as a whole", async () => {
    const { UserPoolId } = await stack.createPool();
    await stack.cognito.setUserPoolMfaConfig({
      UserPoolId,
      MfaConfiguration: "OPTIONAL",
      SoftwareTokenMfaConfiguration: { Enabled: true },
    });
    expect(await stack.cognito.getUserPoolMfaConfig({ UserPoolId })).not.toHaveProperty("EmailMfaConfiguration");
  });

  it.each([
    ["Cognito's own mail sender", { EmailConfiguration: {} }, /EmailSendingAccount of COGNITO_DEFAULT/],
    [
      "recovery by email only",
      { AccountRecoverySetting: { RecoveryMechanisms: [{ Name: "verified_email", Priority: 1 }] } },
      /Account Recovery Setting cannot use verified_email/,
    ],
  ])("refuses email MFA with %s", async (_, settings, message) => {
    const UserPoolId = (await poolOf({ ...EMAIL_MFA_POOL, ...settings }))?.Id;
    await expect(stack.cognito.setUserPoolMfaConfig({ UserPoolId, ...email })).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringMatching(message),
    });
  });

  it("refuses email MFA in the LITE plan", async () => {
    const UserPoolId = (await poolOf({ ...EMAIL_MFA_POOL, UserPoolTier: "LITE" }))?.Id;
    await expect(stack.cognito.setUserPoolMfaConfig({ UserPoolId, ...email })).rejects.toMatchObject({
      name: "FeatureUnavailableInTierException",
    });
  });

  it("treats a missing MfaConfiguration as off, and refuses factors together with it", async () => {
    const UserPoolId = (await poolOf(EMAIL_MFA_POOL))?.Id;
    await expect(stack.cognito.setUserPoolMfaConfig({ UserPoolId, EmailMfaConfiguration: {} })).rejects.toMatchObject({
      message: "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.",
    });
  });

  it("refuses a message without the code", async () => {
    const UserPoolId = (await poolOf(EMAIL_MFA_POOL))?.Id;
    await expect(
      stack.cognito.setUserPoolMfaConfig({ UserPoolId, ...email, EmailMfaConfiguration: { Message: "no code" } }),
    ).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  it("is kept from losing its mail sender by an update", async () => {
    const { UserPoolId } = await stack.createPool();
    await expect(stack.cognito.updateUserPool({ UserPoolId, MfaConfiguration: "OPTIONAL" })).rejects.toMatchObject({
      message: expect.stringContaining("COGNITO_DEFAULT"),
    });
  });
});

describe("app clients", () => {
  it("are created, described, updated, listed and deleted", async () => {
    const UserPoolId = (await poolOf({}))?.Id;
    const created = await stack.cognito.createUserPoolClient({
      UserPoolId,
      ClientName: "app",
      CallbackURLs: ["https://app.example.com/oauth2/idpresponse"],
      AuthSessionValidity: 15,
    });
    const ClientId = created.UserPoolClient?.ClientId;
    expect(created.UserPoolClient).toMatchObject({ AuthSessionValidity: 15, PreventUserExistenceErrors: "LEGACY" });
    await stack.cognito.updateUserPoolClient({ UserPoolId, ClientId, PreventUserExistenceErrors: "ENABLED" });
    const { UserPoolClient } = await stack.cognito.describeUserPoolClient({ UserPoolId, ClientId });
    expect(UserPoolClient).toMatchObject({
      ClientName: "app",
      PreventUserExistenceErrors: "ENABLED",
      AuthSessionValidity: 3,
    });
    expect(UserPoolClient).not.toHaveProperty("CallbackURLs");
    const list = await stack.cognito.listUserPoolClients({ UserPoolId });
    expect(list.UserPoolClients).toEqual([{ UserPoolId, ClientId, ClientName: "app" }]);
    await stack.cognito.deleteUserPoolClient({ UserPoolId, ClientId });
    await expect(stack.cognito.describeUserPoolClient({ UserPoolId, ClientId })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it("refuse a session validity out of bounds", async () => {
    const UserPoolId = (await poolOf({}))?.Id;
    await expect(
      stack.cognito.createUserPoolClient({ UserPoolId, ClientName: "app", AuthSessionValidity: 16 }),
    ).rejects.toMatchObject({ name: "InvalidParameterException" });
  });
});

describe("quotas", () => {
  it("refuse the 26th change of users' resources within a second, and let it pass later", async () => {
    const { UserPoolId } = await stack.createPool();
    await stack.createUser(UserPoolId, "ana");
    for (let call = 0; call < 25; call += 1) await stack.enableEmailMfa(UserPoolId, "ana");
    await expect(stack.enableEmailMfa(UserPoolId, "ana")).rejects.toMatchObject({
      name: "TooManyRequestsException",
      message: "Too many requests",
      $metadata: { httpStatusCode: 400 },
    });
    await stack.clock.advanceBy(40);
    await stack.enableEmailMfa(UserPoolId, "ana");
  });

  it("are not applied when they are switched off", async () => {
    const unlimited = await startCognito({ quotas: false });
    try {
      const { UserPoolId } = await unlimited.createPool();
      await unlimited.createUser(UserPoolId, "ana");
      for (let call = 0; call < 26; call += 1) await unlimited.enableEmailMfa(UserPoolId, "ana");
    } finally {
      await unlimited.stop();
    }
  });
});
