import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  type AdminGetUserCommandOutput,
  AdminSetUserMFAPreferenceCommand,
  type CognitoIdentityProviderClient,
  InitiateAuthCommand,
  type InitiateAuthCommandOutput,
  RespondToAuthChallengeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { Mailbox } from "@cognito-mfa-lifecycle/local-aws/mailbox.ts";
import type { Narrator } from "./narrator.ts";

/** A user in the tour, with the password that they remember. */
export interface Person {
  name: string;
  email: string;
  password: string;
  username: string;
  sub: string;
}

export interface Scene {
  cognito: CognitoIdentityProviderClient;
  mailbox: Mailbox;
  tell: Narrator;
  userPoolId: string;
  clientId: string;
}

/** Returns the first code in the newest mail to this address. Throws when there is none. */
export const codeFor = (mailbox: Mailbox, address: string): string => {
  const code = /\d{6,8}/.exec(mailbox.latest(address).body)?.[0];
  if (code === undefined) throw new Error(`The newest mail to ${address} has no code.`);
  return code;
};

const showFactors = (user: AdminGetUserCommandOutput): string =>
  `UserMFASettingList [${user.UserMFASettingList?.join(", ") ?? ""}], PreferredMfaSetting ${user.PreferredMfaSetting ?? "none"}`;

const showSignIn = (output: InitiateAuthCommandOutput): string =>
  output.ChallengeName === undefined ? "tokens, without a code" : `challenge ${output.ChallengeName}`;

const getUser = ({ cognito, tell, userPoolId }: Scene, person: Person) =>
  tell.call(
    `AdminGetUser ${person.name}`,
    () => cognito.send(new AdminGetUserCommand({ UserPoolId: userPoolId, Username: person.username })),
    showFactors,
  );

export const hasEmailMfa = async (scene: Scene, person: Person): Promise<boolean> =>
  (await getUser(scene, person)).UserMFASettingList?.includes("EMAIL_OTP") ?? false;

export const setEmailMfa = ({ cognito, tell, userPoolId }: Scene, person: Person, on: boolean) =>
  tell.call(
    `AdminSetUserMFAPreference ${person.name} EmailMfaSettings {Enabled: ${on}, PreferredMfa: ${on}}`,
    () =>
      cognito.send(
        new AdminSetUserMFAPreferenceCommand({
          UserPoolId: userPoolId,
          Username: person.username,
          EmailMfaSettings: { Enabled: on, PreferredMfa: on },
        }),
      ),
    () => "200",
  );

/** Signs in with the password. The response may be a challenge. */
export const signIn = ({ cognito, tell, clientId }: Scene, person: Person, password = person.password) =>
  tell.call(
    `InitiateAuth ${person.name}`,
    () =>
      cognito.send(
        new InitiateAuthCommand({
          ClientId: clientId,
          AuthFlow: "USER_PASSWORD_AUTH",
          AuthParameters: { USERNAME: person.email, PASSWORD: password },
        }),
      ),
    showSignIn,
  );

export const answerWithMailedCode = ({ cognito, tell, clientId, mailbox }: Scene, person: Person, session?: string) =>
  tell.call(
    `RespondToAuthChallenge EMAIL_OTP ${person.name}`,
    () =>
      cognito.send(
        new RespondToAuthChallengeCommand({
          ClientId: clientId,
          ChallengeName: "EMAIL_OTP",
          Session: session,
          ChallengeResponses: { USERNAME: person.username, EMAIL_OTP_CODE: codeFor(mailbox, person.email) },
        }),
      ),
    (output) => (output.AuthenticationResult === undefined ? "no tokens" : "tokens"),
  );

/** Invites a user, who sets a password at the first sign-in, and switches their Email MFA on. */
export const enrol = async (scene: Scene, name: string): Promise<Person> => {
  const { cognito, mailbox, tell, userPoolId, clientId } = scene;
  const email = `${name}@example.com`;
  const { User } = await tell.call(
    `AdminCreateUser ${email}`,
    () =>
      cognito.send(
        new AdminCreateUserCommand({
          UserPoolId: userPoolId,
          Username: email,
          UserAttributes: [
            { Name: "email", Value: email },
            { Name: "email_verified", Value: "true" },
            { Name: "locale", Value: "ja-JP" },
          ],
          DesiredDeliveryMediums: ["EMAIL"],
        }),
      ),
    ({ User }) => `${User?.UserStatus}, sub ${User?.Username}`,
  );
  const sub = User?.Attributes?.find((attribute) => attribute.Name === "sub")?.Value ?? "";
  const person: Person = { name, email, password: `Kawaii-${name}-2026!`, username: User?.Username ?? "", sub };
  const invitation = mailbox.latest(email);
  tell.quote(`${invitation.subject}\n${invitation.body}`);
  const temporary = /一時パスワード : (.+?)(?:<br>|$)/.exec(invitation.body)?.[1]?.trim() ?? "";
  const { ChallengeName, Session } = await signIn(scene, person, temporary);
  tell.check("Cognito asks for a new password", ChallengeName === "NEW_PASSWORD_REQUIRED");
  await tell.call(
    `RespondToAuthChallenge NEW_PASSWORD_REQUIRED ${name}`,
    () =>
      cognito.send(
        new RespondToAuthChallengeCommand({
          ClientId: clientId,
          ChallengeName: "NEW_PASSWORD_REQUIRED",
          Session,
          ChallengeResponses: { USERNAME: person.username, NEW_PASSWORD: person.password },
        }),
      ),
    (output) => (output.AuthenticationResult === undefined ? "no tokens" : "tokens"),
  );
  await setEmailMfa(scene, person, true);
  return person;
};
