import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { randomUUID } from "node:crypto";
import { type LocalAwsOptions, startLocalAws } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { deployStack } from "../local/stack.ts";
import { hour, minute } from "../shared/config/duration.ts";

const password = "Correct-horse-7";

/** Starts the service on a local AWS, with users who have no Email MFA now and are known to have had it. */
export const startBenchStack = async (
  parameters: Record<string, string> = {},
  options: Partial<LocalAwsOptions> = {},
) => {
  const calls: Call[] = [];
  const aws = await startLocalAws({ start: new Date(), observe: (call) => calls.push(call), ...options });
  const stack = await deployStack(aws, randomUUID, parameters);
  const cognito = new CognitoIdentityProviderClient(aws.clientOptions("bench"));
  let users = 0;
  const user = async () => {
    const email = `user${(users += 1)}@example.com`;
    const UserPoolId = stack.userPoolId;
    const { User } = await cognito.send(
      new AdminCreateUserCommand({
        UserPoolId,
        Username: email,
        MessageAction: "SUPPRESS",
        UserAttributes: [
          { Name: "email", Value: email },
          { Name: "email_verified", Value: "true" },
        ],
      }),
    );
    const username = User?.Username ?? "";
    await cognito.send(
      new AdminSetUserPasswordCommand({ UserPoolId, Username: username, Password: password, Permanent: true }),
    );
    const sub = User?.Attributes?.find(({ Name }) => Name === "sub")?.Value ?? "";
    await stack.operator.windows.noteLook({ userPoolId: UserPoolId, sub }, { known: true }, {});
    return { userPoolId: UserPoolId, username, sub, email };
  };
  return { ...stack, calls, cognito, user };
};

/** The calls to AWS, log lines and metrics of one step of a life, by function. */
export interface Step {
  name: string;
  calls: Call[];
  lines: number;
  metrics: number;
}

/** Plays one life: request a reset, confirm it, sign in, and have the window fall due and close. Returns its steps. */
export const liveOneLife = async (): Promise<Step[]> => {
  const { aws, calls, cognito, user, clientId, telemetry } = await startBenchStack({ GRACE_PERIOD: "1d" });
  const { email } = await user();
  const signIn = () =>
    cognito.send(
      new InitiateAuthCommand({
        ClientId: clientId,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: email, PASSWORD: password },
      }),
    );
  const steps: Step[] = [];
  const step = async (name: string, act: () => Promise<unknown>) => {
    const before = { calls: calls.length, lines: telemetry.lines.length, metrics: telemetry.values.length };
    await act();
    await aws.clock.advanceBy(2 * minute);
    steps.push({
      name,
      calls: calls.slice(before.calls).filter(({ caller, service }) => isOurs(caller, service)),
      lines: telemetry.lines.slice(before.lines).filter(({ source }) => source !== "reconcile").length,
      metrics: telemetry.values.slice(before.metrics).filter(({ source }) => source !== "reconcile").length,
    });
  };
  await step("request", () => cognito.send(new ForgotPasswordCommand({ ClientId: clientId, Username: email })));
  const ConfirmationCode = /\d{6}/.exec(aws.mailbox.latest(email).body)?.[0] ?? "";
  await step("confirm", () =>
    cognito.send(
      new ConfirmForgotPasswordCommand({ ClientId: clientId, Username: email, Password: password, ConfirmationCode }),
    ),
  );
  await step("sign-in", signIn);
  await step("due and close", () => aws.clock.advanceBy(24 * hour + minute));
  await aws.stop();
  return steps;
};

/** Excludes the reconciler, which runs even if no user resets a password. */
const isOurs = (caller: string, service: string): boolean =>
  !["bench", "unsigned", "reconcile", "deployment"].includes(caller) && service !== "Lambda";
