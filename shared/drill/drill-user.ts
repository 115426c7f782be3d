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
import type { Clock } from "../clock.ts";
import { minute } from "../duration.ts";
import type { Scope } from "../policy.ts";
import type { UserKey } from "../window.ts";

/** An address that Amazon SES takes mail for and delivers to nobody: https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html */
export const simulatorAddress = "success+cognito-mfa-lifecycle-drill@simulator.amazonses.com";

/** The user that a drill is played with. */
export interface DrillUser extends UserKey {
  username: string;
}

export interface DrillUsers {
  /** A new user in scope whose password nobody knows, and who is sent nothing. Throws DrillUserError. */
  create(): Promise<DrillUser>;
  /** Deletes the user; good, too, when the user does not exist. */
  remove(username: string): Promise<void>;
}

/** The drill's user cannot be made, for a reason that a person has to remove. */
export class DrillUserError extends Error {
  override name = "DrillUserError";
}

/** What tells a user that a drill left behind from a person who has the same address. */
const mark = "cognito-mfa-lifecycle drill";

/** A drill that takes longer has died, and its user may be taken away. */
const longestDrill = 20 * minute;

export const cognitoDrillUsers = (options: {
  cognito: CognitoIdentityProviderClient;
  userPoolId: string;
  email: string;
  scope: Scope;
  clock: Clock;
  /** A random password of 16 to 200 characters with letters, capitals, digits and symbols. */
  newPassword: () => string;
}): DrillUsers => {
  const { cognito, userPoolId: UserPoolId, email, scope, clock, newPassword } = options;

  const remove = async (Username: string): Promise<void> => {
    await unlessUnknown(cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username })));
  };

  const removeLeftOver = async (Username: string): Promise<void> => {
    const user = await unlessUnknown(cognito.send(new AdminGetUserCommand({ UserPoolId, Username })));
    if (user === undefined) return;
    if (!user.UserAttributes?.some(({ Name, Value }) => Name === "name" && Value === mark)) {
      throw new DrillUserError("The drill's username or address belongs to a user that no drill made.");
    }
    if (clock.now().getTime() - (user.UserCreateDate?.getTime() ?? 0) < longestDrill) {
      throw new DrillUserError("Another drill is running, or has just died: try again in 20 minutes.");
    }
    await remove(user.Username ?? Username);
  };

  return {
    remove,
    async create() {
      const name = await usernameFor(cognito, UserPoolId, email);
      await removeLeftOver(name);
      const { User } = await cognito.send(
        new AdminCreateUserCommand({
          UserPoolId,
          Username: name,
          MessageAction: "SUPPRESS",
          UserAttributes: [
            { Name: "email", Value: email },
            { Name: "email_verified", Value: "true" },
            { Name: "name", Value: mark },
          ],
        }),
      );
      const Username = User?.Username ?? name;
      try {
        // A user who has still to choose a password may be treated differently: AWS does not say.
        await cognito.send(
          new AdminSetUserPasswordCommand({ UserPoolId, Username, Password: newPassword(), Permanent: true }),
        );
        if (scope.kind === "group") {
          await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName: scope.group }));
        }
      } catch (error) {
        await remove(Username);
        throw error;
      }
      return {
        userPoolId: UserPoolId,
        username: Username,
        sub: User?.Attributes?.find(({ Name }) => Name === "sub")?.Value ?? "",
      };
    },
  };
};

const usernameFor = async (cognito: CognitoIdentityProviderClient, UserPoolId: string, email: string) => {
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }));
  const as = UserPool?.UsernameAttributes ?? [];
  if (as.includes("email")) return email;
  if (as.length === 0) return "cognito-mfa-lifecycle-drill";
  throw new DrillUserError("Users of this pool sign in by phone number, and a drill has none.");
};

const unlessUnknown = async <T>(call: Promise<T>): Promise<T | undefined> => {
  try {
    return await call;
  } catch (error) {
    if (error instanceof UserNotFoundException) return undefined;
    throw error;
  }
};
