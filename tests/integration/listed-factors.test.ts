import {
  AdminGetUserCommand,
  AdminSetUserMFAPreferenceCommand,
  AdminSetUserSettingsCommand,
  AssociateSoftwareTokenCommand,
  InitiateAuthCommand,
  SetUserPoolMfaConfigCommand,
  VerifySoftwareTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type Behaviour, defaultBehaviour } from "@cognito-mfa-lifecycle/local-aws/cognito/behaviour.ts";
import { totpCode } from "@cognito-mfa-lifecycle/local-aws/cognito/software-token.ts";
import { minute } from "../../shared/config/duration.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { aBatch, aRecord } from "../support/messages.ts";
import { password, startStack, type TestStack, type TestUser } from "../support/stack.ts";

let stack: TestStack;
let behaviour: Behaviour;
beforeEach(async () => {
  behaviour = defaultBehaviour();
  stack = await startStack({ GRACE_PERIOD: "30m" }, { cognito: { behaviour } });
  await stack.cognito.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId: stack.userPoolId,
      MfaConfiguration: "OPTIONAL",
      EmailMfaConfiguration: {},
      SoftwareTokenMfaConfiguration: { Enabled: true },
      SmsMfaConfiguration: {
        SmsConfiguration: { SnsCallerArn: "arn:aws:iam::000000000000:role/sms", ExternalId: "x" },
      },
    }),
  );
});
afterEach(() => stack.stop());

const signIn = async ({ email }: TestUser) =>
  stack.cognito.send(
    new InitiateAuthCommand({
      ClientId: stack.clientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  );
const record = (user: TestUser) =>
  stack.aws.lambda.invoke("record-reset", aBatch(aRecord("signed-in", user, stack.aws.clock.now())));
const factorsOf = async ({ username }: TestUser) => {
  const { UserMFASettingList, PreferredMfaSetting } = await stack.cognito.send(
    new AdminGetUserCommand({ UserPoolId: stack.userPoolId, Username: username }),
  );
  return { active: UserMFASettingList?.toSorted(), preferred: PreferredMfaSetting };
};

/** Sets up an authenticator app with the user's own token. Returns the token. */
const enrolApp = async (user: TestUser): Promise<string | undefined> => {
  const AccessToken = (await signIn(user)).AuthenticationResult?.AccessToken;
  const { SecretCode = "" } = await stack.cognito.send(new AssociateSoftwareTokenCommand({ AccessToken }));
  const UserCode = totpCode(SecretCode, stack.aws.clock.now());
  await stack.cognito.send(new VerifySoftwareTokenCommand({ AccessToken, UserCode }));
  await stack.cognito.send(
    new AdminSetUserMFAPreferenceCommand({
      UserPoolId: stack.userPoolId,
      Username: user.username,
      SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true },
    }),
  );
  return AccessToken;
};

/** A user who was seen with Email MFA, and has only an authenticator app now. */
const movedToApp = async () => {
  const user = await stack.user();
  await record(user);
  await stack.setEmailMfa(user, false);
  return { user, accessToken: await enrolApp(user) };
};
const untilClosed = async (user: TestUser) => {
  const { open } = await stack.find(user);
  if (open === undefined) throw new Error("No window was opened.");
  await stack.aws.clock.advanceTo(plus(open.dueAt, minute));
  return open;
};

describe("a lone authenticator app", () => {
  it("does not protect a user known with Email MFA: it may be hollow, and then nothing is asked", async () => {
    const { user, accessToken } = await movedToApp();
    await stack.cognito.send(new AssociateSoftwareTokenCommand({ AccessToken: accessToken }));
    expect((await signIn(user)).AuthenticationResult).toBeDefined();
    expect(await factorsOf(user)).toEqual({ active: ["SOFTWARE_TOKEN_MFA"], preferred: "SOFTWARE_TOKEN_MFA" });
    await record(user);
    expect(await untilClosed(user)).toMatchObject({ origin: "drift" });
    expect((await signIn(user)).ChallengeName).toBe("EMAIL_OTP");
  });

  it("keeps the preference and the sign-in of a user who moved to it, in addition to Email MFA", async () => {
    const { user } = await movedToApp();
    await record(user);
    await untilClosed(user);
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled" });
    expect(await factorsOf(user)).toEqual({
      active: ["EMAIL_OTP", "SOFTWARE_TOKEN_MFA"],
      preferred: "SOFTWARE_TOKEN_MFA",
    });
    expect((await signIn(user)).ChallengeName).toBe("SOFTWARE_TOKEN_MFA");
  });

  it("protects a user who was never known with Email MFA", async () => {
    const user = await stack.user({ emailMfa: false, known: false });
    await enrolApp(user);
    await record(user);
    const { open, seen } = await stack.find(user);
    expect(open).toBeUndefined();
    expect(seen).toMatchObject({ known: false });
  });
});

describe("SMS that the hosted UI set up", () => {
  const phone = { phone_number: "+815012345678", phone_number_verified: "true" };
  const setUpSms = ({ username }: TestUser) =>
    stack.cognito.send(
      new AdminSetUserSettingsCommand({
        UserPoolId: stack.userPoolId,
        Username: username,
        MFAOptions: [{ DeliveryMedium: "SMS", AttributeName: "phone_number" }],
      }),
    );

  it("protects, though AdminGetUser lists no factor", async () => {
    const user = await stack.user({ attributes: phone });
    await record(user);
    await stack.setEmailMfa(user, false);
    await setUpSms(user);
    expect(await factorsOf(user)).toEqual({ active: undefined, preferred: undefined });
    await record(user);
    expect((await stack.find(user)).open).toBeUndefined();
  });

  it("does not lose its place at sign-in to Email MFA that a window puts back", async () => {
    const user = await stack.user({ attributes: phone });
    await record(user);
    await stack.setEmailMfa(user, false);
    await record(user);
    await setUpSms(user);
    await untilClosed(user);
    expect((await stack.find(user)).lastClosed?.evidence).toMatchObject({ before: { active: ["SMS_MFA"] } });
    expect(await factorsOf(user)).toEqual({ active: ["EMAIL_OTP"], preferred: undefined });
    expect((await signIn(user)).ChallengeName).toBe("SELECT_MFA_TYPE");
  });
});

it("takes an empty preference for none: Email MFA comes on as the preferred factor", async () => {
  behaviour.noPreference = "empty";
  const user = await stack.user();
  await record(user);
  await stack.setEmailMfa(user, false);
  await record(user);
  expect(await factorsOf(user)).toEqual({ active: undefined, preferred: "" });
  await untilClosed(user);
  expect(await factorsOf(user)).toEqual({ active: ["EMAIL_OTP"], preferred: "EMAIL_OTP" });
  expect((await stack.find(user)).lastClosed?.evidence?.before).toEqual({ active: [] });
});
