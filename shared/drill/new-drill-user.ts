import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  UserNotFoundException,
} from "@aws-sdk/client-cognito-identity-provider";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import type { Scope } from "../config/policy.ts";
import { dynamoLedger, type Ledger } from "../ledgers/ledger.ts";
import type { Clock } from "../runtime/clock.ts";
import { type DrillUser, DrillUserError, drillUserName, type DrillUsers, longestDrill } from "./drill-user.ts";

const entrySchema = v.object({
  startedAt: v.pipe(v.string(), v.isoTimestamp()),
  /** Missing if the drill died before it knew the `sub`. */
  sub: v.optional(v.string()),
});

type Entry = v.InferOutput<typeof entrySchema>;

/**
 * The users that drills have made and not yet deleted, by username. An entry is written before its user is made: the
 * name, an attribute or an address of a user prove nothing, because a stranger can sign up with any of them.
 */
export const drillLedger = (documents: DynamoDBDocumentClient, table: string, userPoolId: string): Ledger<Entry> =>
  dynamoLedger(documents, table, { name: "drill", userPoolId, schema: entrySchema });

/** How many users of dead drills one drill deletes. */
const atMost = 20;

interface NewDrillUserOptions {
  cognito: CognitoIdentityProviderClient;
  ledger: Ledger<Entry>;
  userPoolId: string;
  /** An address to which nothing is sent. Each user's own address is made from it. */
  email: string;
  scope: Scope;
  clock: Clock;
  newId: () => string;
  /** Returns a random password of 16 to 200 characters with letters, capitals, digits and symbols. */
  newPassword: () => string;
}

/**
 * Makes a user for each drill: nobody can know the name before or the password, and nothing is sent to the user. First
 * deletes the users of drills that died. All errors of the SDK pass through.
 */
export const newDrillUsers = (options: NewDrillUserOptions): Extract<DrillUsers, { kind: "new" }> => {
  const { cognito, ledger, userPoolId: UserPoolId, clock } = options;
  /** The ledger key of a user, by `sub`. */
  const names = new Map<string, string>();

  const find = (Username: string) => unlessUnknown(cognito.send(new AdminGetUserCommand({ UserPoolId, Username })));
  const removeUser = (Username: string) =>
    unlessUnknown(cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username })));

  /** Removes an entry only when its user is gone, which the drill after the one that deleted the user notices. */
  const removeLeftOver = async (name: string, { startedAt, sub }: Entry): Promise<void> => {
    if (clock.now().getTime() - Date.parse(startedAt) < longestDrill) return;
    const user = await find(name);
    const attributes = new Map(user?.UserAttributes?.map(({ Name, Value }) => [Name, Value]));
    const isOurs = attributes.get("name") === drillUserName && (sub === undefined || attributes.get("sub") === sub);
    if (user !== undefined && isOurs) await removeUser(user.Username ?? name);
    else await ledger.remove(name);
  };

  return {
    kind: "new",
    async take() {
      for (const { key, entry } of await ledger.list(atMost)) await removeLeftOver(key, entry);
      const name = await newName(options);
      const startedAt = clock.now().toISOString();
      await ledger.put(name.username, { startedAt });
      const user = await makeUser(options, name);
      names.set(user.sub, name.username);
      await ledger.put(name.username, { startedAt, sub: user.sub });
      return user;
    },
    async remove({ username, sub }) {
      await removeUser(username);
      if ((await find(username)) !== undefined) throw new StillThereError();
      await ledger.remove(names.get(sub) ?? username);
      names.delete(sub);
    },
  };
};

class StillThereError extends Error {
  override name = "UserLeft";
  override message = "Cognito accepted the deletion, but the user is there.";
}

/** Makes a username and an address, each with a random part of 48 bits. */
const newName = async ({ cognito, userPoolId: UserPoolId, email, newId }: NewDrillUserOptions) => {
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }));
  const signInBy = UserPool?.UsernameAttributes ?? [];
  if (signInBy.length > 0 && !signInBy.includes("email")) {
    throw new DrillUserError("Users of this pool sign in by phone number, and a drill has none.");
  }
  const random = newId().replaceAll("-", "").slice(-12);
  const address = addressWith(random, email);
  return { username: signInBy.includes("email") ? address : `cognito-mfa-lifecycle-drill-${random}`, address };
};

/** Adds `x` to `drill@example.com`: `drill+x@example.com`. A local part with a plus already gets a hyphen instead. */
const addressWith = (random: string, email: string): string => {
  const at = email.lastIndexOf("@");
  const local = email.slice(0, at);
  return `${local}${local.includes("+") ? "-" : "+"}${random}${email.slice(at)}`;
};

const makeUser = async (
  { cognito, userPoolId: UserPoolId, scope, newPassword }: NewDrillUserOptions,
  { username: name, address }: { username: string; address: string },
): Promise<DrillUser> => {
  const { User } = await cognito.send(
    new AdminCreateUserCommand({
      UserPoolId,
      Username: name,
      MessageAction: "SUPPRESS",
      UserAttributes: [
        { Name: "email", Value: address },
        { Name: "email_verified", Value: "true" },
        { Name: "name", Value: drillUserName },
      ],
    }),
  );
  const Username = User?.Username ?? name;
  try {
    // Cognito may treat a user differently who still has to choose a password: AWS does not say.
    await cognito.send(
      new AdminSetUserPasswordCommand({ UserPoolId, Username, Password: newPassword(), Permanent: true }),
    );
    if (scope.kind === "group") {
      await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName: scope.group }));
    }
  } catch (error) {
    await unlessUnknown(cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username })));
    throw error;
  }
  const sub = User?.Attributes?.find(({ Name }) => Name === "sub")?.Value ?? "";
  return { userPoolId: UserPoolId, username: Username, sub };
};

const unlessUnknown = async <T>(call: Promise<T>): Promise<T | undefined> => {
  try {
    return await call;
  } catch (error) {
    if (error instanceof UserNotFoundException) return undefined;
    throw error;
  }
};
