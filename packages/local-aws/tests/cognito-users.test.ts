import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type CognitoStack, PASSWORD, startCognito } from "./support/cognito-stack.ts";

let stack: CognitoStack;
let UserPoolId: string;
let ClientId: string;
beforeEach(async () => {
  stack = await startCognito();
  ({ UserPoolId, ClientId } = await stack.createPool());
});
afterEach(() => stack.stop());

const email = (Value: string) => [{ Name: "email", Value }];
const DAY = 86_400_000;

describe("inviting a user", () => {
  const invite = (settings: object = {}) =>
    stack.cognito.adminCreateUser({
      UserPoolId,
      Username: "ana",
      UserAttributes: email("ana@example.com"),
      DesiredDeliveryMediums: ["EMAIL"],
      ...settings,
    });

  it("mails the pool's invitation with the name and a temporary password that signs in", async () => {
    ({ UserPoolId, ClientId } = await stack.createPool({
      AdminCreateUserConfig: {
        InviteMessageTemplate: {
          EmailSubject: "ようこそ",
          EmailMessage: "{username} さん、仮パスワードは {####} です",
        },
      },
    }));
    const { User } = await invite();
    expect(User).toMatchObject({ Username: "ana", UserStatus: "FORCE_CHANGE_PASSWORD", Enabled: true });
    const mail = stack.mailbox.latest("ana@example.com");
    expect(mail).toMatchObject({ from: "auth@example.com", subject: "ようこそ" });
    const password = /^ana さん、仮パスワードは (\S+) です$/.exec(mail.body)?.[1];
    expect((await stack.signIn(ClientId, "ana", password)).ChallengeName).toBe("NEW_PASSWORD_REQUIRED");
  });

  it("sends nothing when it is suppressed, when the medium is not email, or when the template lacks the password", async () => {
    await invite({ MessageAction: "SUPPRESS" });
    await invite({ Username: "bob", DesiredDeliveryMediums: undefined });
    const AdminCreateUserConfig = { InviteMessageTemplate: { EmailMessage: "Welcome {username}" } };
    const other = await stack.createPool({ AdminCreateUserConfig });
    await invite({ UserPoolId: other.UserPoolId });
    expect(stack.mailbox.mails).toEqual([]);
  });

  it("refuses a name that is taken, also by RESEND of a user who does not exist", async () => {
    await invite();
    await expect(invite()).rejects.toMatchObject({
      name: "UsernameExistsException",
      message: "User account already exists",
    });
    await expect(invite({ Username: "bob", MessageAction: "RESEND" })).rejects.toMatchObject({
      name: "UserNotFoundException",
      message: "User does not exist.",
    });
  });

  it("lets a temporary password expire, and RESEND renew it", async () => {
    await invite({ TemporaryPassword: "Temporary-1" });
    await stack.clock.advanceBy(7 * DAY);
    await expect(stack.signIn(ClientId, "ana", "Temporary-1")).rejects.toMatchObject({
      name: "NotAuthorizedException",
      message: "Temporary password has expired and must be reset by an administrator.",
    });
    await invite({ MessageAction: "RESEND", TemporaryPassword: "Temporary-2" });
    expect(stack.mailbox.mails).toHaveLength(2);
    expect((await stack.signIn(ClientId, "ana", "Temporary-2")).ChallengeName).toBe("NEW_PASSWORD_REQUIRED");
  });

  it("refuses RESEND for a user who has signed in", async () => {
    await stack.createUser(UserPoolId, "ana");
    await expect(invite({ MessageAction: "RESEND" })).rejects.toMatchObject({ name: "UnsupportedUserStateException" });
  });

  it.each([
    ["Short-1", "Password not long enough"],
    ["lowercase-1", "Password must have uppercase characters"],
    ["UPPERCASE-1", "Password must have lowercase characters"],
    ["No-numbers", "Password must have numeric characters"],
    ["NoSymbols1", "Password must have symbol characters"],
  ])("refuses %s as a password: %s", async (TemporaryPassword, reason) => {
    await expect(invite({ TemporaryPassword })).rejects.toMatchObject({
      name: "InvalidPasswordException",
      message: `Password did not conform with policy: ${reason}`,
    });
  });

  it.each([
    ["an unknown attribute", [{ Name: "shoe_size", Value: "43" }]],
    ["a bad email address", email("ana")],
    ["a bad phone number", [{ Name: "phone_number", Value: "0901234567" }]],
    ["a sub", [{ Name: "sub", Value: "mine" }]],
  ])("refuses %s", async (_, UserAttributes) => {
    await expect(invite({ UserAttributes })).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  it("refuses a username with a space", async () => {
    await expect(invite({ Username: "ana maria" })).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  it("makes the username in a pool with sign-in by email, and finds the user by that address", async () => {
    const other = await stack.createPool({ UsernameAttributes: ["email"] });
    const { User } = await invite({ UserPoolId: other.UserPoolId, Username: "ana@example.com", UserAttributes: [] });
    const found = await stack.cognito.adminGetUser({ UserPoolId: other.UserPoolId, Username: "ana@example.com" });
    expect(found.Username).toBe(User?.Username);
    expect(found.UserAttributes).toContainEqual({ Name: "sub", Value: User?.Username });
    expect(stack.mailbox.latest("ana@example.com").body).toContain("Your username is ana@example.com and");
  });
});

describe("administering a user", () => {
  it("finds the user by username and by sub, and by verified email where that is an alias", async () => {
    const aliased = await stack.createPool({ AliasAttributes: ["email"] });
    const sub = await stack.createUser(aliased.UserPoolId, "ana");
    for (const Username of ["ana", sub, "ana@example.com"]) {
      const user = await stack.cognito.adminGetUser({ UserPoolId: aliased.UserPoolId, Username });
      expect(user.Username).toBe("ana");
    }
    await stack.createUser(UserPoolId, "ana");
    await expect(stack.cognito.adminGetUser({ UserPoolId, Username: "ana@example.com" })).rejects.toMatchObject({
      name: "UserNotFoundException",
    });
  });

  it("shows no factors when there are none", async () => {
    await stack.createUser(UserPoolId, "ana");
    const user = await stack.cognito.adminGetUser({ UserPoolId, Username: "ana" });
    expect(user).toMatchObject({ UserStatus: "CONFIRMED", Enabled: true });
    expect(user).not.toHaveProperty("UserMFASettingList");
    expect(user).not.toHaveProperty("PreferredMfaSetting");
  });

  it("keeps a disabled user from signing in until enabled again", async () => {
    await stack.createUser(UserPoolId, "ana");
    await stack.cognito.adminDisableUser({ UserPoolId, Username: "ana" });
    await expect(stack.signIn(ClientId, "ana")).rejects.toMatchObject({ message: "User is disabled." });
    await stack.cognito.adminEnableUser({ UserPoolId, Username: "ana" });
    expect(await stack.signIn(ClientId, "ana")).toHaveProperty("AuthenticationResult");
  });

  it("lets a new user with another sub have a deleted name", async () => {
    const first = await stack.createUser(UserPoolId, "ana");
    await stack.cognito.adminDeleteUser({ UserPoolId, Username: "ana" });
    expect(await stack.createUser(UserPoolId, "ana")).not.toBe(first);
  });

  it("takes away the verification of an address that changes", async () => {
    const plain = await stack.createPool({ AutoVerifiedAttributes: [] });
    await stack.createUser(plain.UserPoolId, "ana");
    await stack.cognito.adminUpdateUserAttributes({
      UserPoolId: plain.UserPoolId,
      Username: "ana",
      UserAttributes: email("new@example.com"),
    });
    const { UserAttributes } = await stack.cognito.adminGetUser({ UserPoolId: plain.UserPoolId, Username: "ana" });
    expect(UserAttributes).toContainEqual({ Name: "email", Value: "new@example.com" });
    expect(UserAttributes).toContainEqual({ Name: "email_verified", Value: "false" });
  });

  it("says so where AWS would send a code that it cannot send", async () => {
    await stack.createUser(UserPoolId, "ana");
    const update = (UserAttributes: { Name: string; Value: string }[]) =>
      stack.cognito.adminUpdateUserAttributes({ UserPoolId, Username: "ana", UserAttributes });
    await expect(update(email("new@example.com"))).rejects.toMatchObject({ name: "UnsupportedByLocalStack" });
    await update([...email("new@example.com"), { Name: "email_verified", Value: "true" }]);
  });

  it("refuses the sign-in address of another user, and changes nothing", async () => {
    const other = await stack.createPool({ UsernameAttributes: ["email"] });
    await stack.createUser(other.UserPoolId, "bob@example.com", { email: "bob@example.com" });
    const { User } = await stack.cognito.adminCreateUser({ UserPoolId: other.UserPoolId, Username: "ana@example.com" });
    const ana = { UserPoolId: other.UserPoolId, Username: User?.Username };
    const verified = { Name: "email_verified", Value: "true" };
    await expect(
      stack.cognito.adminUpdateUserAttributes({ ...ana, UserAttributes: [...email("bob@example.com"), verified] }),
    ).rejects.toMatchObject({ name: "AliasExistsException" });
    expect((await stack.cognito.adminGetUser(ana)).UserAttributes).toContainEqual(email("ana@example.com")[0]);
  });

  it("moves a verified alias only when forced", async () => {
    const other = await stack.createPool({ AliasAttributes: ["email"] });
    await stack.createUser(other.UserPoolId, "ana");
    const create = (ForceAliasCreation: boolean) =>
      stack.cognito.adminCreateUser({
        UserPoolId: other.UserPoolId,
        Username: "bob",
        UserAttributes: [...email("ana@example.com"), { Name: "email_verified", Value: "true" }],
        MessageAction: "SUPPRESS",
        ForceAliasCreation,
      });
    await expect(create(false)).rejects.toMatchObject({ name: "AliasExistsException" });
    await create(true);
    const found = await stack.cognito.adminGetUser({ UserPoolId: other.UserPoolId, Username: "ana@example.com" });
    expect(found.Username).toBe("bob");
  });

  it("asks for a new password after a temporary one was set", async () => {
    await stack.createUser(UserPoolId, "ana");
    await stack.cognito.adminSetUserPassword({
      UserPoolId,
      Username: "ana",
      Password: "Temporary-1",
      Permanent: false,
    });
    expect((await stack.signIn(ClientId, "ana", "Temporary-1")).ChallengeName).toBe("NEW_PASSWORD_REQUIRED");
  });

  it("refuses a password of the history that the pool keeps", async () => {
    const strict = await stack.createPool({ Policies: { PasswordPolicy: { PasswordHistorySize: 1 } } });
    await stack.createUser(strict.UserPoolId, "ana");
    await expect(
      stack.cognito.adminSetUserPassword({
        UserPoolId: strict.UserPoolId,
        Username: "ana",
        Password: PASSWORD,
        Permanent: true,
      }),
    ).rejects.toMatchObject({ name: "PasswordHistoryPolicyViolationException" });
  });
});

describe("lists of users", () => {
  const names = (users: { Username?: string | undefined }[] | undefined) => users?.map(({ Username }) => Username);
  const list = async (Filter: string) => names((await stack.cognito.listUsers({ UserPoolId, Filter })).Users);

  it("are paged and contain nothing about MFA", async () => {
    for (const name of ["ana", "bob", "cleo"]) await stack.createUser(UserPoolId, name);
    await stack.enableEmailMfa(UserPoolId, "ana");
    const first = await stack.cognito.listUsers({ UserPoolId, Limit: 2 });
    const second = await stack.cognito.listUsers({ UserPoolId, Limit: 2, PaginationToken: first.PaginationToken });
    expect(names(first.Users)).toEqual(["ana", "bob"]);
    expect(names(second.Users)).toEqual(["cleo"]);
    expect(second.PaginationToken).toBeUndefined();
    expect(JSON.stringify(first)).not.toContain("EMAIL_OTP");
  });

  it("refuse a limit above 60 and a made-up token", async () => {
    await expect(stack.cognito.listUsers({ UserPoolId, Limit: 61 })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await expect(stack.cognito.listUsers({ UserPoolId, PaginationToken: "x" })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });

  it("are filtered by one attribute, whole or by its start", async () => {
    const sub = await stack.createUser(UserPoolId, "ana", { name: 'Ana "A" Lima' });
    await stack.createUser(UserPoolId, "anton");
    await stack.cognito.adminDisableUser({ UserPoolId, Username: "anton" });
    expect(await list('username = "ana"')).toEqual(["ana"]);
    expect(await list('username = "Ana"')).toEqual([]);
    expect(await list('username ^= "an"')).toEqual(["ana", "anton"]);
    expect(await list('email = "ANA@example.com"')).toEqual(["ana"]);
    expect(await list(`sub = "${sub}"`)).toEqual(["ana"]);
    expect(await list('status = "Disabled"')).toEqual(["anton"]);
    expect(await list('cognito:user_status = "confirmed"')).toEqual(["ana", "anton"]);
    expect(await list('name = "Ana \\"A\\" Lima"')).toEqual(["ana"]);
  });

  it.each(['email = "a" or email = "b"', 'email = "', "email", 'custom:a = "b"', 'email = "a"b"'])(
    "refuse the filter %s",
    async (Filter) => {
      await expect(list(Filter)).rejects.toMatchObject({ name: "InvalidParameterException" });
    },
  );

  it("show only the attributes asked for", async () => {
    await stack.createUser(UserPoolId, "ana");
    const { Users } = await stack.cognito.listUsers({ UserPoolId, AttributesToGet: ["email"] });
    expect(Users?.[0]?.Attributes).toEqual(email("ana@example.com"));
  });
});

describe("groups", () => {
  it("have members, who leave with the group, with themselves or on request", async () => {
    await stack.cognito.createGroup({ UserPoolId, GroupName: "staff", Description: "all", Precedence: 1 });
    await stack.cognito.createGroup({ UserPoolId, GroupName: "admins" });
    for (const Username of ["ana", "bob", "cleo"]) {
      await stack.createUser(UserPoolId, Username);
      await stack.cognito.adminAddUserToGroup({ UserPoolId, Username, GroupName: "staff" });
    }
    await stack.cognito.adminAddUserToGroup({ UserPoolId, Username: "ana", GroupName: "admins" });
    await stack.cognito.adminDeleteUser({ UserPoolId, Username: "bob" });

    const first = await stack.cognito.listUsersInGroup({ UserPoolId, GroupName: "staff", Limit: 1 });
    const second = await stack.cognito.listUsersInGroup({
      UserPoolId,
      GroupName: "staff",
      Limit: 1,
      NextToken: first.NextToken,
    });
    expect([first, second].map(({ Users }) => Users?.[0]?.Username)).toEqual(["ana", "cleo"]);
    expect(second.NextToken).toBeUndefined();

    const groups = async () => {
      const page = await stack.cognito.adminListGroupsForUser({ UserPoolId, Username: "ana", Limit: 1 });
      const next =
        page.NextToken &&
        (await stack.cognito.adminListGroupsForUser({ UserPoolId, Username: "ana", NextToken: page.NextToken }));
      return [...(page.Groups ?? []), ...((next || undefined)?.Groups ?? [])].map(({ GroupName }) => GroupName);
    };
    expect(await groups()).toEqual(["staff", "admins"]);
    await stack.cognito.deleteGroup({ UserPoolId, GroupName: "staff" });
    expect(await groups()).toEqual(["admins"]);
    await stack.cognito.adminRemoveUserFromGroup({ UserPoolId, Username: "ana", GroupName: "admins" });
    expect(await groups()).toEqual([]);
    expect((await stack.cognito.listGroups({ UserPoolId })).Groups).toMatchObject([{ GroupName: "admins" }]);
  });

  it("refuse a name that is taken and one that is unknown", async () => {
    await stack.cognito.createGroup({ UserPoolId, GroupName: "staff" });
    await expect(stack.cognito.createGroup({ UserPoolId, GroupName: "staff" })).rejects.toMatchObject({
      name: "GroupExistsException",
    });
    await expect(stack.cognito.listUsersInGroup({ UserPoolId, GroupName: "none" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});

describe("federated users", () => {
  it("have an identity and the status of their provider, and no password to reset", async () => {
    const { username } = stack.service.seedFederatedUser(UserPoolId, {
      provider: "Okta",
      userId: "ana",
      email: "ana@example.com",
    });
    const user = await stack.cognito.adminGetUser({ UserPoolId, Username: username });
    expect(user.UserStatus).toBe("EXTERNAL_PROVIDER");
    const identities = user.UserAttributes?.find(({ Name }) => Name === "identities")?.Value ?? "[]";
    expect(JSON.parse(identities)).toMatchObject([{ providerName: "Okta", userId: "ana" }]);
    await expect(stack.cognito.forgotPassword({ ClientId, Username: username })).rejects.toMatchObject({
      name: "NotAuthorizedException",
    });
  });

  it("become users of the pool when an administrator sets their password", async () => {
    const { username: Username } = stack.service.seedFederatedUser(UserPoolId, {
      provider: "Okta",
      userId: "ana",
      email: "ana@example.com",
    });
    await stack.cognito.adminSetUserPassword({ UserPoolId, Username, Password: PASSWORD, Permanent: true });
    expect((await stack.cognito.adminGetUser({ UserPoolId, Username })).UserStatus).toBe("CONFIRMED");
  });
});
