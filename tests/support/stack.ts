import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminSetUserMFAPreferenceCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { randomUUID } from "node:crypto";
import { type LocalAws, startLocalAws, type LocalAwsOptions } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { deployStack, type StackOptions } from "../../local/stack.ts";
import { noRow } from "./no-row.ts";

export const start = new Date("2026-03-01T00:00:00.000Z");
export const password = "Correct-horse-7";

export interface TestUser {
  userPoolId: string;
  username: string;
  sub: string;
  email: string;
}

/** Starts the service on a local AWS, with helpers for its users. `stop` it at the end. */
export const startStack = async (
  parameters: Record<string, string> = {},
  options: Partial<LocalAwsOptions> = {},
  stackOptions: (aws: LocalAws) => StackOptions = () => ({}),
) => {
  const calls: (Call & { status: number | "hung up" })[] = [];
  const aws = await startLocalAws({
    start,
    observe: (call, { status }) => calls.push({ ...call, status }),
    ...options,
  });
  const stack = await deployStack(aws, randomUUID, parameters, stackOptions(aws));
  const cognito = new CognitoIdentityProviderClient(aws.clientOptions("test"));
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(aws.clientOptions("test")));
  const UserPoolId = stack.userPoolId;
  let users = 0;

  return {
    ...stack,
    calls,
    cognito,
    documents,
    stop: () => aws.stop(),

    /** Creates a confirmed user with Email MFA, or without. A `known` user without it is recorded as having had it. */
    async user({ emailMfa = true, known = true, attributes = {} } = {}): Promise<TestUser> {
      const email = `user${++users}@example.com`;
      const all = { email, email_verified: "true", ...attributes };
      const { User } = await cognito.send(
        new AdminCreateUserCommand({
          UserPoolId,
          Username: email,
          MessageAction: "SUPPRESS",
          UserAttributes: Object.entries(all).map(([Name, Value]) => ({ Name, Value })),
        }),
      );
      const Username = User?.Username ?? "";
      await cognito.send(
        new AdminSetUserPasswordCommand({ UserPoolId, Username, Password: password, Permanent: true }),
      );
      const sub = User?.Attributes?.find(({ Name }) => Name === "sub")?.Value ?? "";
      const user = { userPoolId: UserPoolId, username: Username, sub, email };
      if (emailMfa) await this.setEmailMfa(user, true);
      else if (known) await stack.operator.windows.noteLook(user, { known: true }, noRow);
      return user;
    },

    async setEmailMfa({ username }: TestUser, on: boolean): Promise<void> {
      const EmailMfaSettings = { Enabled: on, PreferredMfa: on };
      await cognito.send(new AdminSetUserMFAPreferenceCommand({ UserPoolId, Username: username, EmailMfaSettings }));
    },

    /** Sets up SMS as a second factor, and removes it, as the user. */
    useSms({ username }: TestUser, on: boolean): void {
      const user = [...aws.cognito.users(UserPoolId)].find((one) => one.username === username);
      if (user === undefined) throw new Error(`There is no user ${username}.`);
      if (on) user.activeFactors.add("SMS_MFA");
      else user.activeFactors.delete("SMS_MFA");
    },

    async hasEmailMfa({ username }: TestUser): Promise<boolean> {
      const user = await cognito.send(new AdminGetUserCommand({ UserPoolId, Username: username }));
      return user.UserMFASettingList?.includes("EMAIL_OTP") ?? false;
    },

    find: (user: TestUser) => stack.operator.windows.find(user),

    /** Returns the calls of one caller since `mark`, as "service operation". */
    callsOf: (caller: string, mark = 0) =>
      calls
        .slice(mark)
        .filter((call) => call.caller === caller)
        .map(({ service, operation }) => `${service} ${operation}`),
  };
};

export type TestStack = Awaited<ReturnType<typeof startStack>>;
