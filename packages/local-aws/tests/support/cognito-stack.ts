import { CognitoIdentityProvider, type CreateUserPoolCommandInput } from "@aws-sdk/client-cognito-identity-provider";
import { type Behaviour, defaultBehaviour } from "../../src/cognito/behaviour.ts";
import { createCognito } from "../../src/cognito/cognito.ts";
import type { FunctionInvoker, InvocationOutcome } from "../../src/function-invoker.ts";
import { Mailbox } from "../../src/mailbox.ts";
import { Endpoint, serve } from "../../src/server.ts";
import { AwsError } from "../../src/service.ts";
import { VirtualClock } from "../../src/virtual-clock.ts";

export interface TriggerEvent {
  version: string;
  triggerSource: string;
  region: string;
  userPoolId: string;
  userName: string;
  callerContext: Record<string, string>;
  request: Record<string, unknown> & { userAttributes: Record<string, string> };
  response: Record<string, unknown>;
}

/** Lambda functions of a test, by the name at the end of their ARN. By default they return the event. */
class TriggerFunctions implements FunctionInvoker {
  readonly events: TriggerEvent[] = [];
  readonly handlers = new Map<string, (event: TriggerEvent) => unknown>();
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  get sources(): string[] {
    return this.events.map((event) => event.triggerSource);
  }

  /** Returns the newest event of this source. */
  latest(source: string): TriggerEvent {
    const event = this.events.findLast((candidate) => candidate.triggerSource === source);
    if (event === undefined) throw new Error(`${source} was not fired.`);
    return event;
  }

  /** Invokes a function. Rejects for the function "missing". */
  invoke(functionName: string, event: unknown): Promise<InvocationOutcome> {
    if (functionName === triggerArn("missing")) {
      return Promise.reject(new AwsError("ResourceNotFoundException", "Function not found"));
    }
    return this.#clock.track(async () => {
      const received = event as TriggerEvent;
      this.events.push(structuredClone(received));
      const handler = this.handlers.get(functionName.split(":").at(-1) ?? "");
      try {
        return { payload: handler === undefined ? received : await handler(received) };
      } catch (error) {
        return { error: { errorType: "Error", errorMessage: (error as Error).message } };
      }
    });
  }
}

export const triggerArn = (name: string): string => `arn:aws:lambda:ap-northeast-1:123456789012:function:${name}`;

export const ALL_TRIGGERS = {
  PreSignUp: triggerArn("pre-sign-up"),
  CustomMessage: triggerArn("custom-message"),
  PostConfirmation: triggerArn("post-confirmation"),
  PreAuthentication: triggerArn("pre-authentication"),
  PostAuthentication: triggerArn("post-authentication"),
};

/** A pool with the settings that email MFA needs according to the documentation. */
export const EMAIL_MFA_POOL = {
  PoolName: "staff",
  AutoVerifiedAttributes: ["email"],
  EmailConfiguration: {
    EmailSendingAccount: "DEVELOPER",
    SourceArn: "arn:aws:ses:ap-northeast-1:123456789012:identity/auth@example.com",
  },
  AccountRecoverySetting: {
    RecoveryMechanisms: [
      { Name: "verified_phone_number", Priority: 1 },
      { Name: "verified_email", Priority: 2 },
    ],
  },
} satisfies CreateUserPoolCommandInput;

export const PASSWORD = "Correct-horse-1";

export type CognitoStack = Awaited<ReturnType<typeof startCognito>>;

/** Starts the local Cognito on a free port, with real SDK clients. */
export const startCognito = async (options: { quotas?: boolean; random?: () => number } = {}) => {
  const clock = new VirtualClock(new Date("2026-01-01T00:00:00.000Z"));
  const mailbox = new Mailbox();
  const functions = new TriggerFunctions(clock);
  const behaviour: Behaviour = defaultBehaviour();
  const service = createCognito({
    region: "ap-northeast-1",
    accountId: "123456789012",
    clock,
    mailbox,
    functions,
    behaviour,
    ...options,
  });
  const endpoint = new Endpoint([service]);
  const { server, url } = await serve((request) => endpoint.answer(request), 0);
  const cognito = new CognitoIdentityProvider({
    endpoint: url,
    region: "ap-northeast-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  const stop = async () => {
    cognito.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };

  /** Creates a pool with email MFA (optional by default, see `mfa`) and a client for password sign-in. */
  const createPool = async (
    settings: Partial<CreateUserPoolCommandInput> = {},
    mfa: "OFF" | "ON" | "OPTIONAL" = "OPTIONAL",
  ) => {
    const { UserPool } = await cognito.createUserPool({ ...EMAIL_MFA_POOL, ...settings });
    const UserPoolId = UserPool?.Id ?? "";
    if (mfa !== "OFF") {
      await cognito.setUserPoolMfaConfig({
        UserPoolId,
        MfaConfiguration: mfa,
        EmailMfaConfiguration: {},
        SoftwareTokenMfaConfiguration: { Enabled: true },
        ...(settings.SmsConfiguration !== undefined && { SmsMfaConfiguration: {} }),
      });
    }
    return { UserPoolId, ClientId: await createClient(UserPoolId) };
  };

  const createClient = async (UserPoolId: string, settings: object = {}) => {
    const { UserPoolClient } = await cognito.createUserPoolClient({
      UserPoolId,
      ClientName: "app",
      ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      ...settings,
    });
    return UserPoolClient?.ClientId ?? "";
  };

  /** Creates a confirmed user with the password PASSWORD and the verified email address `<name>@example.com`. */
  const createUser = async (UserPoolId: string, Username: string, attributes: Record<string, string> = {}) => {
    const all = { email: `${Username}@example.com`, email_verified: "true", ...attributes };
    const UserAttributes = Object.entries(all).map(([Name, Value]) => ({ Name, Value }));
    const { User } = await cognito.adminCreateUser({ UserPoolId, Username, UserAttributes, MessageAction: "SUPPRESS" });
    await cognito.adminSetUserPassword({ UserPoolId, Username, Password: PASSWORD, Permanent: true });
    return User?.Attributes?.find(({ Name }) => Name === "sub")?.Value ?? "";
  };

  const enableEmailMfa = (UserPoolId: string, Username: string, PreferredMfa = true) =>
    cognito.adminSetUserMFAPreference({
      UserPoolId,
      Username,
      EmailMfaSettings: { Enabled: true, PreferredMfa },
    });

  const signIn = (ClientId: string, USERNAME: string, password = PASSWORD) =>
    cognito.initiateAuth({
      ClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME, PASSWORD: password },
    });

  /** Returns the digits in the newest mail to this address. */
  const mailedCode = (to: string): string => /\d{6,8}/.exec(mailbox.latest(to).body)?.[0] ?? "";

  return {
    url,
    clock,
    mailbox,
    functions,
    behaviour,
    service,
    endpoint,
    cognito,
    stop,
    createPool,
    createClient,
    createUser,
    enableEmailMfa,
    signIn,
    mailedCode,
  };
};
