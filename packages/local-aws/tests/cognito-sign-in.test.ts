import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createHmac } from "node:crypto";
import { totpCode } from "../src/cognito/software-token.ts";
import { type CognitoStack, PASSWORD, startCognito } from "./support/cognito-stack.ts";

let stack: CognitoStack;
let UserPoolId: string;
let ClientId: string;
beforeEach(async () => {
  stack = await startCognito();
  ({ UserPoolId, ClientId } = await stack.createPool());
});
afterEach(() => stack.stop());

const MINUTE = 60_000;

const answer = (
  ChallengeName: "EMAIL_OTP" | "NEW_PASSWORD_REQUIRED" | "SELECT_MFA_TYPE" | "SOFTWARE_TOKEN_MFA" | "SMS_MFA",
  Session: string | undefined,
  ChallengeResponses: Record<string, string>,
) =>
  stack.cognito.respondToAuthChallenge({
    ClientId,
    ChallengeName,
    Session,
    ChallengeResponses: { USERNAME: "ana", ...ChallengeResponses },
  });

const answerCode = (Session: string | undefined, EMAIL_OTP_CODE: string) =>
  answer("EMAIL_OTP", Session, { EMAIL_OTP_CODE });

const claimsOf = (token: string | undefined) =>
  JSON.parse(Buffer.from(token?.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;

describe("signing in with a password", () => {
  beforeEach(() => stack.createUser(UserPoolId, "ana"));

  it("returns tokens that name the user", async () => {
    const { AuthenticationResult } = await stack.signIn(ClientId, "ana");
    expect(AuthenticationResult).toMatchObject({ TokenType: "Bearer", ExpiresIn: 3600 });
    const now = stack.clock.now().getTime() / 1000;
    expect(claimsOf(AuthenticationResult?.AccessToken)).toMatchObject({
      token_use: "access",
      username: "ana",
      client_id: ClientId,
      iss: `https://cognito-idp.ap-northeast-1.amazonaws.com/${UserPoolId}`,
      auth_time: now,
      exp: now + 3600,
    });
    expect(claimsOf(AuthenticationResult?.IdToken)).toMatchObject({
      token_use: "id",
      "cognito:username": "ana",
      email: "ana@example.com",
      email_verified: true,
    });
  });

  it("refuses a wrong password, and locks after five for longer each time", async () => {
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await expect(stack.signIn(ClientId, "ana", "wrong")).rejects.toMatchObject({
        name: "NotAuthorizedException",
        message: "Incorrect username or password.",
      });
    }
    await expect(stack.signIn(ClientId, "ana")).rejects.toMatchObject({ message: "Password attempts exceeded" });
    await stack.clock.advanceBy(1000);
    await expect(stack.signIn(ClientId, "ana", "wrong")).rejects.toMatchObject({
      message: expect.stringContaining("Incorrect"),
    });
    await stack.clock.advanceBy(1999);
    await expect(stack.signIn(ClientId, "ana")).rejects.toMatchObject({ message: "Password attempts exceeded" });
    await stack.clock.advanceBy(1);
    expect(await stack.signIn(ClientId, "ana")).toHaveProperty("AuthenticationResult");
  });

  it("shows an unknown user only to clients that do not hide users", async () => {
    await expect(stack.signIn(ClientId, "nobody")).rejects.toMatchObject({
      name: "UserNotFoundException",
      message: "User does not exist.",
    });
    const hiding = await stack.createClient(UserPoolId, { PreventUserExistenceErrors: "ENABLED" });
    await expect(stack.signIn(hiding, "nobody")).rejects.toMatchObject({
      name: "NotAuthorizedException",
      message: "Incorrect username or password.",
    });
  });

  it("refuses a flow that the client does not allow", async () => {
    const other = await stack.createClient(UserPoolId, { ExplicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"] });
    await expect(stack.signIn(other, "ana")).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "USER_PASSWORD_AUTH flow not enabled for this client",
    });
  });

  it("refuses a client that does not exist", async () => {
    await expect(stack.signIn("none", "ana")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "User pool client none does not exist.",
    });
  });

  it("asks a client with a secret for the proof of it", async () => {
    const { UserPoolClient } = await stack.cognito.createUserPoolClient({
      UserPoolId,
      ClientName: "server",
      GenerateSecret: true,
      ExplicitAuthFlows: ["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
    });
    const id = UserPoolClient?.ClientId ?? "";
    const hash = createHmac("sha256", UserPoolClient?.ClientSecret ?? "")
      .update(`ana${id}`)
      .digest("base64");
    const signIn = (proof: Record<string, string>) =>
      stack.cognito.adminInitiateAuth({
        UserPoolId,
        ClientId: id,
        AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: "ana", PASSWORD, ...proof },
      });
    await expect(signIn({})).rejects.toMatchObject({
      message: `Client ${id} is configured with secret but SECRET_HASH was not received`,
    });
    await expect(signIn({ SECRET_HASH: "AAAA" })).rejects.toMatchObject({
      message: `SecretHash does not match for the client: ${id}`,
    });
    expect(await signIn({ SECRET_HASH: hash })).toHaveProperty("AuthenticationResult");
  });

  it("refreshes tokens until a global sign-out", async () => {
    const { AuthenticationResult } = await stack.signIn(ClientId, "ana");
    const refresh = () =>
      stack.cognito.initiateAuth({
        ClientId,
        AuthFlow: "REFRESH_TOKEN_AUTH",
        AuthParameters: { REFRESH_TOKEN: AuthenticationResult?.RefreshToken ?? "" },
      });
    const refreshed = (await refresh()).AuthenticationResult;
    expect(refreshed).not.toHaveProperty("RefreshToken");
    expect(await stack.cognito.getUser({ AccessToken: refreshed?.AccessToken })).toMatchObject({ Username: "ana" });
    await stack.cognito.adminUserGlobalSignOut({ UserPoolId, Username: "ana" });
    await expect(refresh()).rejects.toMatchObject({ message: "Refresh Token has been revoked" });
    await expect(stack.cognito.getUser({ AccessToken: refreshed?.AccessToken })).rejects.toMatchObject({
      message: "Access Token has been revoked",
    });
  });

  it("refuses an access token that has expired or that was tampered with", async () => {
    const AccessToken = (await stack.signIn(ClientId, "ana")).AuthenticationResult?.AccessToken ?? "";
    const [header, , signature] = AccessToken.split(".");
    const claims = Buffer.from(JSON.stringify({ ...claimsOf(AccessToken), username: "bob" })).toString("base64url");
    await expect(stack.cognito.getUser({ AccessToken: `${header}.${claims}.${signature}` })).rejects.toMatchObject({
      message: "Invalid Access Token",
    });
    await stack.clock.advanceBy(60 * MINUTE);
    await expect(stack.cognito.getUser({ AccessToken })).rejects.toMatchObject({ message: "Access Token has expired" });
  });

  it("changes the password of who is signed in", async () => {
    const AccessToken = (await stack.signIn(ClientId, "ana")).AuthenticationResult?.AccessToken;
    const change = (PreviousPassword: string, ProposedPassword: string) =>
      stack.cognito.changePassword({ AccessToken, PreviousPassword, ProposedPassword });
    await expect(change("Wrong-password-1", "Another-horse-2")).rejects.toMatchObject({
      name: "NotAuthorizedException",
    });
    await expect(change(PASSWORD, "weak")).rejects.toMatchObject({ name: "InvalidPasswordException" });
    await change(PASSWORD, "Another-horse-2");
    expect(await stack.signIn(ClientId, "ana", "Another-horse-2")).toHaveProperty("AuthenticationResult");
  });
});

describe("the challenge NEW_PASSWORD_REQUIRED", () => {
  beforeEach(() =>
    stack.cognito.adminCreateUser({
      UserPoolId,
      Username: "ana",
      UserAttributes: [{ Name: "email", Value: "ana@example.com" }],
      TemporaryPassword: "Temporary-1",
      MessageAction: "SUPPRESS",
    }),
  );
  const newPassword = (Session: string | undefined, NEW_PASSWORD = PASSWORD) =>
    answer("NEW_PASSWORD_REQUIRED", Session, { NEW_PASSWORD });

  it("sets the new password and signs in", async () => {
    const { Session } = await stack.signIn(ClientId, "ana", "Temporary-1");
    expect(await newPassword(Session)).toHaveProperty("AuthenticationResult");
    expect((await stack.cognito.adminGetUser({ UserPoolId, Username: "ana" })).UserStatus).toBe("CONFIRMED");
    expect(await stack.signIn(ClientId, "ana")).toHaveProperty("AuthenticationResult");
  });

  it("refuses a weak password and lets the session go on", async () => {
    const { Session } = await stack.signIn(ClientId, "ana", "Temporary-1");
    await expect(newPassword(Session, "weak")).rejects.toMatchObject({ name: "InvalidPasswordException" });
    expect(await newPassword(Session)).toHaveProperty("AuthenticationResult");
  });

  it("refuses a made-up session and one of another challenge", async () => {
    const { Session } = await stack.signIn(ClientId, "ana", "Temporary-1");
    await expect(newPassword("x".repeat(40))).rejects.toMatchObject({ message: "Invalid session for the user." });
    await expect(answerCode(Session, "12345678")).rejects.toMatchObject({ message: "Invalid session for the user." });
  });

  it("asks for the required attributes that are missing", async () => {
    ({ UserPoolId, ClientId } = await stack.createPool({
      Schema: [{ Name: "name", Required: true, AttributeDataType: "String" }],
    }));
    await stack.cognito.adminCreateUser({ UserPoolId, Username: "ana", TemporaryPassword: "Temporary-1" });
    const { Session, ChallengeParameters } = await stack.signIn(ClientId, "ana", "Temporary-1");
    expect(ChallengeParameters?.["requiredAttributes"]).toBe('["userAttributes.name"]');
    await expect(newPassword(Session)).rejects.toMatchObject({ name: "InvalidParameterException" });
    const responses = { NEW_PASSWORD: PASSWORD, "userAttributes.name": "Ana" };
    expect(await answer("NEW_PASSWORD_REQUIRED", Session, responses)).toHaveProperty("AuthenticationResult");
  });

  it("is followed by the mailed code where email MFA is on", async () => {
    await stack.enableEmailMfa(UserPoolId, "ana");
    const { Session } = await stack.signIn(ClientId, "ana", "Temporary-1");
    expect((await newPassword(Session)).ChallengeName).toBe("EMAIL_OTP");
  });
});

describe("the challenge EMAIL_OTP", () => {
  beforeEach(async () => {
    await stack.createUser(UserPoolId, "ana", { email_verified: "false" });
    await stack.enableEmailMfa(UserPoolId, "ana");
  });

  it("mails an eight-digit code that signs in, and verifies the address", async () => {
    const { ChallengeName, ChallengeParameters, Session } = await stack.signIn(ClientId, "ana");
    expect(ChallengeName).toBe("EMAIL_OTP");
    expect(ChallengeParameters).toMatchObject({
      CODE_DELIVERY_DELIVERY_MEDIUM: "EMAIL",
      CODE_DELIVERY_DESTINATION: "a***@e***",
    });
    const code = stack.mailedCode("ana@example.com");
    expect(code).toMatch(/^\d{8}$/);
    expect(await answerCode(Session, code)).toHaveProperty("AuthenticationResult.AccessToken");
    const { UserAttributes } = await stack.cognito.adminGetUser({ UserPoolId, Username: "ana" });
    expect(UserAttributes).toContainEqual({ Name: "email_verified", Value: "true" });
  });

  it("uses the pool's text", async () => {
    await stack.cognito.setUserPoolMfaConfig({
      UserPoolId,
      MfaConfiguration: "OPTIONAL",
      EmailMfaConfiguration: { Subject: "認証コード", Message: "コードは {####} です" },
    });
    await stack.signIn(ClientId, "ana");
    expect(stack.mailbox.latest("ana@example.com")).toMatchObject({
      subject: "認証コード",
      body: expect.stringMatching(/^コードは \d{8} です$/),
    });
  });

  it("takes a session once", async () => {
    const { Session } = await stack.signIn(ClientId, "ana");
    const code = stack.mailedCode("ana@example.com");
    await answerCode(Session, code);
    await expect(answerCode(Session, code)).rejects.toMatchObject({
      name: "NotAuthorizedException",
      message: "Invalid session for the user, session can only be used once.",
    });
  });

  it("takes a session until the client's time for it is up", async () => {
    ClientId = await stack.createClient(UserPoolId, { AuthSessionValidity: 5 });
    const first = await stack.signIn(ClientId, "ana");
    const code = stack.mailedCode("ana@example.com");
    await stack.clock.advanceBy(5 * MINUTE - 1);
    const second = await stack.signIn(ClientId, "ana");
    await stack.clock.advanceBy(1);
    await expect(answerCode(first.Session, code)).rejects.toMatchObject({
      message: "Invalid session for the user, session is expired.",
    });
    expect(await answerCode(second.Session, stack.mailedCode("ana@example.com"))).toHaveProperty(
      "AuthenticationResult",
    );
  });

  it("takes no code of another session", async () => {
    const first = await stack.signIn(ClientId, "ana");
    const code = stack.mailedCode("ana@example.com");
    const second = await stack.signIn(ClientId, "ana");
    await expect(answerCode(second.Session, code)).rejects.toMatchObject({ name: "CodeMismatchException" });
    expect(await answerCode(first.Session, code)).toHaveProperty("AuthenticationResult");
  });

  it("takes no session of another user", async () => {
    await stack.createUser(UserPoolId, "bob");
    const { Session } = await stack.signIn(ClientId, "ana");
    await expect(
      stack.cognito.respondToAuthChallenge({
        ClientId,
        ChallengeName: "EMAIL_OTP",
        Session,
        ChallengeResponses: { USERNAME: "bob", EMAIL_OTP_CODE: stack.mailedCode("ana@example.com") },
      }),
    ).rejects.toMatchObject({ message: "Invalid session for the user." });
  });

  it("ends after five wrong codes, and locks the user", async () => {
    const { Session } = await stack.signIn(ClientId, "ana");
    const code = stack.mailedCode("ana@example.com");
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await expect(answerCode(Session, "wrong")).rejects.toMatchObject({ name: "CodeMismatchException" });
    }
    await expect(answerCode(Session, code)).rejects.toMatchObject({ name: "NotAuthorizedException" });
    await expect(stack.signIn(ClientId, "ana")).rejects.toMatchObject({ message: "Password attempts exceeded" });
  });

  it("is not asked when email MFA is off for the pool or without an address", async () => {
    await stack.cognito.adminUpdateUserAttributes({
      UserPoolId,
      Username: "ana",
      UserAttributes: [{ Name: "email", Value: "" }],
    });
    expect(await stack.signIn(ClientId, "ana")).toHaveProperty("AuthenticationResult");
    await stack.createUser(UserPoolId, "bob");
    await stack.enableEmailMfa(UserPoolId, "bob");
    await stack.cognito.setUserPoolMfaConfig({ UserPoolId, MfaConfiguration: "OFF" });
    expect(await stack.signIn(ClientId, "bob")).toHaveProperty("AuthenticationResult");
  });

  it("works by the administrator's calls too", async () => {
    const { Session } = await stack.cognito.adminInitiateAuth({
      UserPoolId,
      ClientId,
      AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: "ana", PASSWORD },
    });
    const { AuthenticationResult } = await stack.cognito.adminRespondToAuthChallenge({
      UserPoolId,
      ClientId,
      ChallengeName: "EMAIL_OTP",
      Session,
      ChallengeResponses: { USERNAME: "ana", EMAIL_OTP_CODE: stack.mailedCode("ana@example.com") },
    });
    expect(AuthenticationResult).toHaveProperty("AccessToken");
  });
});

describe("an authenticator app", () => {
  const enrol = async () => {
    const AccessToken = (await stack.signIn(ClientId, "ana")).AuthenticationResult?.AccessToken;
    const { SecretCode = "" } = await stack.cognito.associateSoftwareToken({ AccessToken });
    await stack.cognito.verifySoftwareToken({ AccessToken, UserCode: totpCode(SecretCode, stack.clock.now()) });
    return { AccessToken, SecretCode };
  };
  beforeEach(() => stack.createUser(UserPoolId, "ana"));

  it("has the codes of RFC 6238", () => {
    const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    expect(totpCode(secret, new Date(59_000))).toBe("287082");
    expect(totpCode(secret, new Date(1_111_111_109_000))).toBe("081804");
  });

  it("is asked for at sign-in once it was enrolled and switched on", async () => {
    const { AccessToken, SecretCode } = await enrol();
    await stack.cognito.setUserMFAPreference({ AccessToken, SoftwareTokenMfaSettings: { Enabled: true } });
    const { ChallengeName, Session } = await stack.signIn(ClientId, "ana");
    expect(ChallengeName).toBe("SOFTWARE_TOKEN_MFA");
    await stack.clock.advanceBy(MINUTE);
    const code = totpCode(SecretCode, stack.clock.now());
    const wrong = code === "000000" ? "000001" : "000000";
    await expect(answer("SOFTWARE_TOKEN_MFA", Session, { SOFTWARE_TOKEN_MFA_CODE: wrong })).rejects.toMatchObject({
      name: "CodeMismatchException",
    });
    expect(await answer("SOFTWARE_TOKEN_MFA", Session, { SOFTWARE_TOKEN_MFA_CODE: code })).toHaveProperty(
      "AuthenticationResult",
    );
  });

  it("does not enrol with a wrong code", async () => {
    const AccessToken = (await stack.signIn(ClientId, "ana")).AuthenticationResult?.AccessToken;
    const { SecretCode = "" } = await stack.cognito.associateSoftwareToken({ AccessToken });
    const UserCode = totpCode(SecretCode, new Date(0));
    await expect(stack.cognito.verifySoftwareToken({ AccessToken, UserCode })).rejects.toMatchObject({
      name: "EnableSoftwareTokenMFAException",
    });
  });

  it("is one of the choices when several factors are on and none is preferred", async () => {
    await enrol();
    await stack.cognito.adminSetUserMFAPreference({
      UserPoolId,
      Username: "ana",
      SoftwareTokenMfaSettings: { Enabled: true },
      EmailMfaSettings: { Enabled: true },
    });
    const { ChallengeName, ChallengeParameters, Session } = await stack.signIn(ClientId, "ana");
    expect(ChallengeName).toBe("SELECT_MFA_TYPE");
    expect(ChallengeParameters?.["MFAS_CAN_CHOOSE"]).toBe('["SOFTWARE_TOKEN_MFA","EMAIL_OTP"]');
    const chosen = await answer("SELECT_MFA_TYPE", Session, { ANSWER: "EMAIL_OTP" });
    expect(chosen.ChallengeName).toBe("EMAIL_OTP");
    expect(await answerCode(chosen.Session, stack.mailedCode("ana@example.com"))).toHaveProperty(
      "AuthenticationResult",
    );
  });
});

describe("a pool that requires MFA", () => {
  it("asks users with an address for its code although they switched nothing on", async () => {
    ({ UserPoolId, ClientId } = await stack.createPool({}, "ON"));
    await stack.createUser(UserPoolId, "ana");
    expect((await stack.signIn(ClientId, "ana")).ChallengeName).toBe("EMAIL_OTP");
  });

  it("asks users whom no code can reach to set something up", async () => {
    ({ UserPoolId, ClientId } = await stack.createPool({}, "ON"));
    await stack.createUser(UserPoolId, "ana");
    await stack.cognito.adminUpdateUserAttributes({
      UserPoolId,
      Username: "ana",
      UserAttributes: [{ Name: "email", Value: "" }],
    });
    expect((await stack.signIn(ClientId, "ana")).ChallengeName).toBe("MFA_SETUP");
  });
});

describe("a text message as second factor", () => {
  it("goes to the phone number with a six-digit code", async () => {
    const SmsConfiguration = { SnsCallerArn: "arn:aws:iam::123456789012:role/sms" };
    ({ UserPoolId, ClientId } = await stack.createPool({ SmsConfiguration }));
    await stack.createUser(UserPoolId, "ana", { phone_number: "+819012345678" });
    await stack.cognito.adminSetUserMFAPreference({ UserPoolId, Username: "ana", SMSMfaSettings: { Enabled: true } });
    const { ChallengeName, ChallengeParameters, Session } = await stack.signIn(ClientId, "ana");
    expect(ChallengeName).toBe("SMS_MFA");
    expect(ChallengeParameters?.["CODE_DELIVERY_DESTINATION"]).toBe("+********5678");
    const code = stack.mailedCode("+819012345678");
    expect(await answer("SMS_MFA", Session, { SMS_MFA_CODE: code })).toHaveProperty("AuthenticationResult");
  });
});

describe("a seeded source of randomness", () => {
  it("makes the same ids and codes again", async () => {
    const run = async () => {
      let state = 1;
      const seeded = await startCognito({ random: () => (state = (state * 48271) % 2147483647) / 2147483647 });
      try {
        const pool = await seeded.createPool();
        const sub = await seeded.createUser(pool.UserPoolId, "ana");
        await seeded.enableEmailMfa(pool.UserPoolId, "ana");
        const { Session } = await seeded.signIn(pool.ClientId, "ana");
        return { ...pool, sub, Session, code: seeded.mailedCode("ana@example.com") };
      } finally {
        await seeded.stop();
      }
    };
    expect(await run()).toEqual(await run());
  });
});
