import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQS } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { type Behaviour, defaultBehaviour } from "@cognito-mfa-lifecycle/local-aws/cognito/behaviour.ts";
import { startLocalAws } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import { run } from "../../cli/run.ts";
import { deployStack, type StackOptions } from "../../local/stack.ts";
import { acceptedWindows } from "../../shared/ledgers/accepted-windows.ts";
import { noRow } from "./no-row.ts";

/** The output of mfactl and its exit code. */
export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

export interface User {
  username: string;
  sub: string;
}

export type MfactlStack = Awaited<ReturnType<typeof startMfactlStack>>;

export const start = new Date("2026-01-15T10:00:00.000Z");

/** Starts the whole service on a local AWS. mfactl runs against it over HTTP, as for a person. */
export const startMfactlStack = async (
  parameters: Record<string, string> = {},
  options: StackOptions = {},
  behaviour: Partial<Behaviour> = {},
) => {
  const cognitoOptions = { quotas: false, behaviour: { ...defaultBehaviour(), ...behaviour } };
  const aws = await startLocalAws({ start, cognito: cognitoOptions });
  let ids = 0;
  const policy = { GRACE_PERIOD: "1d", MAX_WINDOW: "3d", ...parameters };
  const stack = await deployStack(aws, () => `w${++ids}`, policy, options);
  const cognito = new CognitoIdentityProvider(aws.clientOptions("test"));
  const sqs = new SQS(aws.clientOptions("test"));
  const { userPoolId } = stack;

  const mfactl = async (argv: string[], given: { answer?: string; environment?: Record<string, string> } = {}) => {
    const said: Said = { code: -1, stdout: "", stderr: "" };
    const { answer, environment = {} } = given;
    said.code = await run([`--local=${new URL(aws.url).port}`, ...argv], {
      environment,
      clock: { now: () => new Date(Number.NaN), sleep: (milliseconds) => aws.clock.advanceBy(milliseconds) },
      newId: () => `w${++ids}`,
      stdout: { write: (text) => (said.stdout += text) },
      stderr: { write: (text) => (said.stderr += text) },
      ask:
        answer === undefined
          ? undefined
          : async (question) => {
              said.stderr += question;
              return answer;
            },
    });
    return said;
  };

  return {
    ...stack,
    aws,
    cognito,
    sqs,
    mfactl,
    /** Ports like those of an operator's tool. */
    accepted: acceptedWindows(
      DynamoDBDocumentClient.from(new DynamoDBClient(aws.clientOptions("test"))),
      stack.outputs.WindowsTableName,
      userPoolId,
    ),
    /** Returns the document that a command prints with --json. Fails the test when the command fails. */
    async json(...argv: string[]): Promise<Record<string, never>> {
      const { code, stdout, stderr } = await mfactl([...argv, "--json"]);
      if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as Record<string, never>;
    },
    /** Creates a confirmed user, by default with Email MFA on. */
    async addUser(email: string, emailMfa = true, UserPoolId = userPoolId, name = email): Promise<User> {
      const { User } = await cognito.adminCreateUser({
        UserPoolId,
        Username: name,
        UserAttributes: [
          { Name: "email", Value: email },
          { Name: "email_verified", Value: "true" },
        ],
        MessageAction: "SUPPRESS",
      });
      const Username = User?.Username ?? "";
      await cognito.adminSetUserPassword({ UserPoolId, Username, Password: "Kawaii-2026!x", Permanent: true });
      if (emailMfa) {
        const EmailMfaSettings = { Enabled: true, PreferredMfa: true };
        await cognito.adminSetUserMFAPreference({ UserPoolId, Username, EmailMfaSettings });
      }
      return { username: Username, sub: User?.Attributes?.find(({ Name }) => Name === "sub")?.Value ?? "" };
    },
    /** Records in the table that Email MFA was on. */
    know: (user: User) => stack.operator.windows.noteLook({ userPoolId, sub: user.sub }, { known: true }, noRow),
    async hasEmailMfa(user: User): Promise<boolean> {
      const { UserMFASettingList } = await cognito.adminGetUser({ UserPoolId: userPoolId, Username: user.username });
      return UserMFASettingList?.includes("EMAIL_OTP") ?? false;
    },
    find: (user: User) => stack.operator.windows.find({ userPoolId, sub: user.sub }),
    /** Makes every re-enable fail from now on, until the faults are removed. */
    refuseReEnables(): void {
      aws.endpoint.faults = ({ operation, caller }) =>
        operation === "AdminSetUserMFAPreference" && caller === "re-enable-mfa" ? { kind: "server-error" } : undefined;
    },
    healReEnables(): void {
      aws.endpoint.faults = () => undefined;
    },
    /** Makes mfactl see another pool as the stack's pool. */
    lookAfter(UserPoolId: string): void {
      aws.publishStack("other", { ...stack.outputs, UserPoolId });
    },
    stop: () => aws.stop(),
  };
};
