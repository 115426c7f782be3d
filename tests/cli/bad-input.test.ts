import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { afterEach, describe, expect, it } from "@jest/globals";
import { poolSettings } from "../../cli/pool/pool-settings.ts";
import { readWholePool } from "../../cli/pool/whole-pool.ts";
import { EMAIL_MFA_POOL } from "../../packages/local-aws/tests/support/cognito-stack.ts";
import { type MfactlStack, startMfactlStack, type User } from "../support/mfactl-stack.ts";

let stack: MfactlStack;
afterEach(() => stack.stop());

const tryToOpen = (user: string, ...more: string[]) =>
  stack.mfactl(["open", user, "--reason", "cannot sign in", ...more]);

/** Everything that an open could change: the table, the timers, the users. */
const everything = async () => {
  const table = await stack.operator.windows.find({ userPoolId: stack.userPoolId, sub: "nobody" });
  const windows = [];
  const users = (await stack.cognito.listUsers({ UserPoolId: stack.userPoolId }).catch(() => undefined))?.Users ?? [];
  for (const { Username } of users) {
    const user = await stack.cognito.adminGetUser({ UserPoolId: stack.userPoolId, Username });
    const sub = user.UserAttributes?.find(({ Name }) => Name === "sub")?.Value ?? "";
    windows.push(await stack.operator.windows.find({ userPoolId: stack.userPoolId, sub }));
  }
  const changed = users.map(({ Username, UserLastModifiedDate }) => [Username, UserLastModifiedDate]);
  return { table, windows, changed, timers: (await stack.json("list")).windows };
};

/** Tries to open a window, and checks that this changes nothing. */
const refused = async (user: string, ...more: string[]) => {
  const before = await everything();
  const said = await tryToOpen(user, ...more);
  expect(said.stdout).toBe("");
  expect(await everything()).toEqual(before);
  return said;
};

const mfaConfig = { Subject: "code", Message: "{####}" };

describe("mfactl open refuses, changes nothing, and says the way out", () => {
  it("a pool that does not exist", async () => {
    stack = await startMfactlStack();
    stack.lookAfter("us-east-1_Missing00");
    const { code, stderr } = await refused("hanako@example.com");
    expect(code).toBe(30);
    expect(stderr).toContain("us-east-1_Missing00");
    expect(stderr).toContain("set userPoolId in config/<stage>.yml and deploy again");
  });

  it("a pool that requires MFA", async () => {
    stack = await startMfactlStack();
    const { username } = await stack.addUser("hanako@example.com");
    await stack.cognito.setUserPoolMfaConfig({
      UserPoolId: stack.userPoolId,
      MfaConfiguration: "ON",
      EmailMfaConfiguration: mfaConfig,
    });
    const { code, stderr } = await refused(username);
    expect(code).toBe(31);
    expect(stderr).toContain("Set MFA enforcement to Optional");
  });

  it("a pool whose MFA is off", async () => {
    stack = await startMfactlStack();
    const { username } = await stack.addUser("hanako@example.com");
    await stack.cognito.setUserPoolMfaConfig({ UserPoolId: stack.userPoolId, MfaConfiguration: "OFF" });
    expect(await refused(username)).toMatchObject({ code: 32 });
  });

  it("a pool that offers other factors, but not Email MFA", async () => {
    stack = await startMfactlStack();
    const { username } = await stack.addUser("hanako@example.com");
    await stack.cognito.setUserPoolMfaConfig({
      UserPoolId: stack.userPoolId,
      MfaConfiguration: "OPTIONAL",
      SoftwareTokenMfaConfiguration: { Enabled: true },
    });
    expect(await refused(username)).toMatchObject({ code: 33 });
  });

  it("a plan without Email MFA", async () => {
    stack = await startMfactlStack();
    const { UserPool } = await stack.cognito.createUserPool({ PoolName: "lite", UserPoolTier: "LITE" });
    stack.lookAfter(UserPool?.Id ?? "");
    const { code, stderr } = await refused("hanako@example.com");
    expect(code).toBe(34);
    expect(stderr).toContain("Essentials or Plus");
  });

  it("a federated user", async () => {
    stack = await startMfactlStack();
    const { username } = stack.aws.cognito.seedFederatedUser(stack.userPoolId, {
      provider: "Okta",
      userId: "hanako",
      email: "hanako@example.com",
    });
    const { code, stderr } = await refused(username);
    expect(code).toBe(12);
    expect(stderr).toContain("Reset the password there");
  });

  it("an unknown user", async () => {
    stack = await startMfactlStack();
    expect(await refused("nobody@example.com")).toMatchObject({ code: 10 });
    expect(await refused("no-such-name")).toMatchObject({ code: 10 });
  });

  it("a user without an email address", async () => {
    stack = await startMfactlStack();
    const { UserPool } = await stack.cognito.createUserPool(EMAIL_MFA_POOL);
    const UserPoolId = UserPool?.Id ?? "";
    await stack.cognito.setUserPoolMfaConfig({
      UserPoolId,
      MfaConfiguration: "OPTIONAL",
      EmailMfaConfiguration: mfaConfig,
    });
    await stack.cognito.adminCreateUser({ UserPoolId, Username: "hanako", MessageAction: "SUPPRESS" });
    stack.lookAfter(UserPoolId);
    const { code, stderr } = await refused("hanako");
    expect(code).toBe(13);
    expect(stderr).toContain("set a temporary password");
  });

  it.each([
    ["group:staff", "Add the user to the group"],
    ["known", "The service has never seen this user with Email MFA on"],
  ])("a user out of the scope %s", async (SCOPE, wayOut) => {
    stack = await startMfactlStack({ SCOPE });
    const { username } = await stack.addUser("hanako@example.com", false);
    const { code, stderr } = await refused(username);
    expect(code).toBe(14);
    expect(stderr).toContain(wayOut);
  });

  it("a user who never had Email MFA, unless the policy enrols", async () => {
    stack = await startMfactlStack();
    const { username } = await stack.addUser("jun@example.com", false);
    const { code, stderr } = await refused(username);
    expect(code).toBe(15);
    expect(stderr).toContain("set enrol: true");
  });

  it("a duration of none, and one beyond the cap", async () => {
    stack = await startMfactlStack();
    const { username } = await stack.addUser("hanako@example.com");
    expect(await refused(username, "--for", "0")).toMatchObject({ code: 26 });
    const { code, stderr } = await refused(username, "--for", "3d1s");
    expect(code).toBe(26);
    expect(stderr).toContain("longer than 0 and at most 3d");
    expect((await tryToOpen(username, "--for", "3d")).code).toBe(0);
  });

  it("a duration that is none", async () => {
    stack = await startMfactlStack();
    const { code, stderr } = await refused("hanako@example.com", "--for", "1 day");
    expect(code).toBe(2);
    expect(stderr).toContain("Use a duration such as 30m, 12h, 1d");
  });

  it("a second open, and shows the open one", async () => {
    stack = await startMfactlStack();
    const { username, sub } = await stack.addUser("hanako@example.com");
    await tryToOpen(username);
    const { code, stderr } = await refused(username);
    expect(code).toBe(20);
    expect(stderr).toContain("since 2026-01-15 10:00:00Z by arn:aws:iam::000000000000:user/local");
    const { error } = JSON.parse((await refused(username, "--json")).stderr) as { error: { window: User } };
    expect(error).toMatchObject({ code: 20, kind: "already-open", window: { sub, state: "open" } });
  });

  const attributes = (username: string, more: Record<string, string>) =>
    stack.cognito.adminUpdateUserAttributes({
      UserPoolId: stack.userPoolId,
      Username: username,
      UserAttributes: Object.entries(more).map(([Name, Value]) => ({ Name, Value })),
    });
  const verifiedPhone = { phone_number: "+810000000000", phone_number_verified: "true" };
  const recoverBy = async (...ways: ("admin_only" | "verified_email" | "verified_phone_number")[]) => {
    const { pool } = await readWholePool(stack.cognito, stack.userPoolId);
    await stack.cognito.updateUserPool({
      UserPoolId: stack.userPoolId,
      ...poolSettings(pool),
      AccountRecoverySetting: { RecoveryMechanisms: ways.map((Name, index) => ({ Name, Priority: index + 1 })) },
    });
  };
  const UserOf = (Username: string) => ({ UserPoolId: stack.userPoolId, Username });

  it.each([
    ["who is disabled", 60, (name: string) => stack.cognito.adminDisableUser(UserOf(name)), "admin-enable-user"],
    [
      "who has still the temporary password",
      61,
      (name: string) =>
        stack.cognito.adminSetUserPassword({ ...UserOf(name), Password: "Kawaii-2026!x", Permanent: false }),
      "sign in with the temporary password",
    ],
    [
      "whose address is not verified",
      63,
      (name: string) => attributes(name, { email_verified: "false" }),
      "set email_verified",
    ],
    ["of a pool where administrators reset", 64, () => recoverBy("admin_only"), "admin-set-user-password"],
    ["of a pool that recovers by phone", 65, () => recoverBy("verified_phone_number"), "verify a phone number"],
    ["who gets the code by SMS", 66, (name: string) => attributes(name, verifiedPhone), "choose “forgot password” now"],
  ])("a user %s, whom it would not help", async (_, expected, prepare, wayOut) => {
    stack = await startMfactlStack();
    const { username } = await stack.addUser("hanako@example.com");
    await prepare(username);
    const { code, stderr } = await refused(username);
    expect(code).toBe(expected);
    expect(stderr).toContain(wayOut);
    const { error } = JSON.parse((await refused(username, "--json")).stderr) as { error: { code: number } };
    expect(error.code).toBe(expected);
    expect(await stack.hasEmailMfa({ username, sub: "" })).toBe(true);
  });

  it("a user who has not confirmed the sign-up", async () => {
    stack = await startMfactlStack();
    const { username } = await stack.addUser("hanako@example.com");
    for (const user of stack.aws.cognito.users(stack.userPoolId)) user.status = "UNCONFIRMED";
    const { code, stderr } = await refused(username);
    expect(code).toBe(62);
    expect(stderr).toContain("admin-confirm-sign-up");
  });

  it("a verified number where email is preferred", async () => {
    stack = await startMfactlStack();
    const { username } = await stack.addUser("hanako@example.com");
    await attributes(username, verifiedPhone);
    await recoverBy("verified_email", "verified_phone_number");
    expect((await tryToOpen(username)).code).toBe(0);
  });

  it("while the service only observes", async () => {
    stack = await startMfactlStack({ MODE: "observe" });
    const { username } = await stack.addUser("hanako@example.com");
    const { code, stderr } = await refused(username);
    expect(code).toBe(25);
    expect(stderr).toContain("Set mode: enforce");
  });
});

describe("USER", () => {
  it("means the same user by username, email address in any case, and sub", async () => {
    stack = await startMfactlStack();
    const { sub, username } = await stack.addUser("hanako@example.com");
    for (const text of [username, "hanako@example.com", "HANAKO@example.com", sub]) {
      expect((await stack.json("show", text)).user).toMatchObject({ sub });
    }
  });

  it("is found behind an empty page of the list, and so is a second of the same address", async () => {
    stack = await startMfactlStack({}, {}, { firstPageOfLists: "empty" });
    const listed = await stack.cognito.listUsers({ UserPoolId: stack.userPoolId });
    expect([listed.Users, listed.PaginationToken]).toEqual([[], expect.any(String)]);
    const seed = (userId: string) =>
      stack.aws.cognito.seedFederatedUser(stack.userPoolId, {
        provider: "Okta",
        userId,
        email: `${userId}@example.com`,
      });
    const jun = seed("jun");
    expect((await stack.json("show", "jun@example.com")).user).toMatchObject({ sub: jun.sub });
    await stack.addUser("ken@example.com");
    seed("ken");
    expect((await refused("ken@example.com")).code).toBe(11);
  });

  it("that means several users is refused with the candidates", async () => {
    stack = await startMfactlStack();
    const { sub } = await stack.addUser("hanako@example.com");
    const federated = stack.aws.cognito.seedFederatedUser(stack.userPoolId, {
      provider: "Okta",
      userId: "hanako",
      email: "hanako@example.com",
    });
    const { code, stderr } = await refused("hanako@example.com");
    expect(code).toBe(11);
    expect(stderr).toContain(`${sub}  CONFIRMED  h***@example.com`);
    expect(stderr).toContain(`${federated.sub}  EXTERNAL_PROVIDER  h***@example.com`);
    expect(stderr).not.toContain("hanako@example.com  ");
  });

  it("with quotes in it finds no other user", async () => {
    stack = await startMfactlStack();
    await stack.addUser("hanako@example.com");
    expect(await refused('x"_or_email="hanako@example.com')).toMatchObject({ code: 10 });
    expect(await refused('hanako@example.com\\"')).toMatchObject({ code: 10 });
  });

  it("with spaces in it is no user", async () => {
    stack = await startMfactlStack();
    expect(await refused("hanako yamada")).toMatchObject({ code: 2 });
  });
});

describe("mfactl", () => {
  it.each([
    [["open", "hanako@example.com"], "required option '--reason <text>' not specified"],
    [["open", "hanako@example.com", "--reason", " "], "It must not be empty."],
    [["clsoe", "hanako@example.com"], "(Did you mean close?)"],
    [["list", "--due-within", "soon"], "Use a duration such as 30m"],
    [["redrive", "dues"], "Allowed choices are records, due, timer, reconcile, explain-alarm, drill."],
  ])("refuses %j as wrong usage", async (argv, words) => {
    stack = await startMfactlStack();
    const { code, stderr } = await stack.mfactl(argv);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).toContain("mfactl COMMAND --help");
  });

  it("explains a refusal by AWS in words, and keeps the stack trace for MFACTL_DEBUG", async () => {
    stack = await startMfactlStack();
    await new DynamoDB(stack.aws.clientOptions("test")).deleteTable({ TableName: stack.outputs["WindowsTableName"] });
    const { code, stderr } = await stack.mfactl(["list"]);
    expect(code).toBe(3);
    expect(stderr).toContain("A resource of the stack no longer exists.");
    expect(stderr).not.toContain("    at ");
    const debug = await stack.mfactl(["list"], { environment: { MFACTL_DEBUG: "1" } });
    expect(debug.stderr).toContain("    at ");
  });

  it("says how to start the local stack when it does not answer", async () => {
    stack = await startMfactlStack();
    await stack.stop();
    const { code, stderr } = await stack.mfactl(["list"]);
    expect(code).toBe(5);
    expect(stderr).toContain("npm start");
  });
});
