import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminSetUserMFAPreferenceCommand,
  type AdminSetUserMFAPreferenceCommandInput,
  AdminSetUserPasswordCommand,
  AdminSetUserSettingsCommand,
  AssociateSoftwareTokenCommand,
  type CognitoIdentityProviderClient,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoService } from "@cognito-mfa-lifecycle/local-aws/cognito/cognito.ts";
import { totpCode } from "@cognito-mfa-lifecycle/local-aws/cognito/software-token.ts";
import type { User } from "@cognito-mfa-lifecycle/local-aws/cognito/user.ts";
import type { Mailbox } from "@cognito-mfa-lifecycle/local-aws/mailbox.ts";
import type { PoolMfa } from "../shared/users/pool-mfa.ts";
import { switchPoolMfa } from "./pool.ts";
import { coveredGroup, type UserPlan } from "./scenario.ts";
import type { Timeline } from "./timeline.ts";

interface Options {
  client: CognitoIdentityProviderClient;
  service: CognitoService;
  now: () => Date;
  timeline: Timeline;
  mailbox: Mailbox;
  userPoolId: string;
  clientId: string;
}

const firstPassword = "Kawaii-simulated-2026!";

/** The secret of every authenticator app. */
const secret = "A".repeat(52);

/** The acts of users, and of administrators in the console. Refusals by Cognito are part of the run. */
export class People {
  readonly #options: Options;
  readonly #passwords = new Map<string, string>();
  #poolMfa: PoolMfa = "OPTIONAL";

  constructor(options: Options) {
    this.#options = options;
  }

  /** Returns the user as Cognito has it now. */
  find(username: string): User | undefined {
    const { service, userPoolId } = this.#options;
    return [...service.users(userPoolId)].find((user) => user.username === username);
  }

  async create(plan: UserPlan): Promise<void> {
    const { service, userPoolId: UserPoolId, timeline } = this.#options;
    const { username: Username, kind } = plan;
    if (kind === "federated") {
      const { username } = service.seedFederatedUser(UserPoolId, {
        provider: "Corp",
        userId: Username,
        email: "federated@example.com",
      });
      timeline.add("people", `${username} comes from another identity provider`);
      return;
    }
    await this.#attempt(`${Username} is created (${kind})`, async (cognito) => {
      const attributes = {
        email: `user${Username.length}.${Username.at(-1)}@example.com`,
        email_verified: "true",
        phone_number: "+810000000000",
        locale: "ja-JP",
        name: `<img src=x onerror=alert(1)>{####}`,
      };
      await cognito.send(
        new AdminCreateUserCommand({
          UserPoolId,
          Username,
          MessageAction: "SUPPRESS",
          UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
        }),
      );
      await cognito.send(
        new AdminSetUserPasswordCommand({ UserPoolId, Username, Password: firstPassword, Permanent: true }),
      );
      this.#passwords.set(Username, firstPassword);
      if (plan.inGroup) {
        await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName: coveredGroup }));
      }
    });
    if (kind === "email") await this.setMfa(Username, { EmailMfaSettings: { Enabled: true, PreferredMfa: true } });
    if (kind === "sms-only") await this.setMfa(Username, { SMSMfaSettings: { Enabled: true, PreferredMfa: true } });
    if (kind === "email-and-totp") {
      await this.#useTotp(Username, false);
      await this.setMfa(Username, { EmailMfaSettings: { Enabled: true, PreferredMfa: true } });
    }
    if (kind === "totp-preferred") {
      await this.setMfa(Username, { EmailMfaSettings: { Enabled: true, PreferredMfa: false } });
      await this.#useTotp(Username, true);
    }
  }

  /** Sets factors, in the console or with the user's own token. */
  setMfa(
    Username: string,
    settings: Omit<AdminSetUserMFAPreferenceCommandInput, "UserPoolId" | "Username">,
  ): Promise<void> {
    const { userPoolId: UserPoolId } = this.#options;
    return this.#attempt(`${Username} gets ${JSON.stringify(settings)}`, (cognito) =>
      cognito.send(new AdminSetUserMFAPreferenceCommand({ UserPoolId, Username, ...settings })),
    );
  }

  /** Adds an authenticator app and verifies it. */
  async #useTotp(username: string, preferred: boolean): Promise<void> {
    const user = this.find(username);
    if (user !== undefined) user.softwareToken = { secret, verified: true };
    await this.setMfa(username, { SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: preferred } });
  }

  switchTotp(username: string, on: boolean, preferred: boolean): Promise<void> {
    if (on) return this.#useTotp(username, preferred);
    return this.setMfa(username, { SoftwareTokenMfaSettings: { Enabled: false, PreferredMfa: false } });
  }

  /** Sets SMS as the hosted UI does: AdminGetUser shows it only in `MFAOptions`. */
  setSmsOfHostedUi(Username: string, on: boolean): Promise<void> {
    const { userPoolId: UserPoolId } = this.#options;
    const MFAOptions = on ? [{ DeliveryMedium: "SMS" as const, AttributeName: "phone_number" }] : [];
    return this.#attempt(`${Username} ${on ? "sets SMS up" : "takes SMS away"} in the hosted UI`, (cognito) =>
      cognito.send(new AdminSetUserSettingsCommand({ UserPoolId, Username, MFAOptions })),
    );
  }

  /**
   * Starts the set-up of an authenticator app again and does not finish it. It stays listed, but sign-ins do not ask
   * for it.
   */
  async hollowTotp(Username: string, preferred: boolean): Promise<void> {
    await this.#useTotp(Username, preferred);
    await this.#attempt(`${Username} begins the set-up of the app again`, async (cognito) => {
      const { AuthenticationResult } = await this.#signIn(cognito, Username, ["EMAIL_OTP", "SOFTWARE_TOKEN_MFA"]);
      await cognito.send(new AssociateSoftwareTokenCommand({ AccessToken: AuthenticationResult?.AccessToken }));
    });
  }

  /** An administrator switches the MFA of the whole pool. */
  async switchPool(mfa: PoolMfa): Promise<void> {
    if (mfa === this.#poolMfa) return;
    this.#poolMfa = mfa;
    await this.#attempt(`the pool's MFA is switched to ${mfa}`, (cognito) =>
      switchPoolMfa(cognito, this.#options.userPoolId, mfa),
    );
  }

  delete(Username: string): Promise<void> {
    const { userPoolId: UserPoolId } = this.#options;
    return this.#attempt(`${Username} is deleted`, (cognito) =>
      cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username })),
    );
  }

  forgetPassword(Username: string): Promise<void> {
    const { clientId: ClientId } = this.#options;
    return this.#attempt(`${Username} has forgotten the password`, (cognito) =>
      cognito.send(new ForgotPasswordCommand({ ClientId, Username })),
    );
  }

  /** Resets the password with the last code, which may no longer be valid. */
  resetPassword(Username: string): Promise<void> {
    const { clientId: ClientId } = this.#options;
    const ConfirmationCode = this.find(Username)?.recoveryCode?.value ?? "000000";
    const Password = `${this.#passwords.get(Username) ?? firstPassword}2`;
    return this.#attempt(`${Username} resets the password`, async (cognito) => {
      await cognito.send(new ConfirmForgotPasswordCommand({ ClientId, Username, ConfirmationCode, Password }));
      this.#passwords.set(Username, Password);
    });
  }

  hasCode(username: string): boolean {
    return this.find(username)?.recoveryCode !== undefined;
  }

  /** Signs in, with the mailed code if Cognito asks for it. Gives up when it asks for another factor. */
  signIn(Username: string): Promise<void> {
    return this.#attempt(`${Username} signs in`, (cognito) => this.#signIn(cognito, Username, ["EMAIL_OTP"]));
  }

  /** Answers the known challenges, and gives up at any other. */
  async #signIn(
    cognito: CognitoIdentityProviderClient,
    Username: string,
    answers: ("EMAIL_OTP" | "SOFTWARE_TOKEN_MFA")[],
  ) {
    const { clientId: ClientId } = this.#options;
    const asked = await cognito.send(
      new InitiateAuthCommand({
        ClientId,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: Username, PASSWORD: this.#passwords.get(Username) ?? firstPassword },
      }),
    );
    const { Session } = asked;
    const ChallengeName = answers.find((name) => name === asked.ChallengeName);
    if (ChallengeName === undefined) return asked;
    const code = {
      EMAIL_OTP: () => ({ EMAIL_OTP_CODE: this.#mailedCode(Username) }),
      SOFTWARE_TOKEN_MFA: () => ({ SOFTWARE_TOKEN_MFA_CODE: totpCode(secret, this.#options.now()) }),
    }[ChallengeName];
    const ChallengeResponses = { USERNAME: Username, ...code() };
    return cognito.send(new RespondToAuthChallengeCommand({ ClientId, ChallengeName, Session, ChallengeResponses }));
  }

  #mailedCode(username: string): string {
    const address = this.find(username)?.attributes.get("email");
    const mail = this.#options.mailbox.mails.findLast(({ to }) => to === address);
    return /\d{6,8}/.exec(mail?.body ?? "")?.[0] ?? "00000000";
  }

  async #attempt(what: string, act: (cognito: CognitoIdentityProviderClient) => Promise<unknown>): Promise<void> {
    const { client, timeline } = this.#options;
    timeline.add("people", what);
    try {
      await act(client);
    } catch (error) {
      timeline.add("people", `… which fails with ${error instanceof Error ? error.name : String(error)}`);
    }
  }
}
