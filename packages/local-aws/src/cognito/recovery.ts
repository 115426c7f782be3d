import type { Operation } from "../service.ts";
import { type AppClient, checkSecretHash } from "./app-client.ts";
import { countAttempt } from "./attempts.ts";
import type { CognitoContext } from "./cognito-context.ts";
import { attributeFor, type CodeDelivery, mask } from "./delivery.ts";
import {
  codeMismatch,
  expiredCode,
  invalidParameter,
  notAuthorized,
  userNotConfirmed,
  userNotFoundForClient,
} from "./errors.ts";
import { sendMessage } from "./messages.ts";
import { setPassword } from "./password-policy.ts";
import { type Pool, requireClient, requirePool } from "./pool.ts";
import { randomDigits } from "./randomness.ts";
import { recoveryChannel } from "./recovery-channel.ts";
import {
  clientId,
  clientMetadata,
  type ClientMetadata,
  confirmationCode,
  password,
  poolId,
  request,
  secretHash,
  username,
} from "./request.ts";
import { triggerAttributes } from "./triggers.ts";
import { findUser, requireEnabled, requireUser, type User } from "./user.ts";

const HOUR = 3_600_000;

const requireResettable = (user: User): void => {
  if (user.status === "FORCE_CHANGE_PASSWORD" || user.status === "EXTERNAL_PROVIDER") {
    throw notAuthorized("User password cannot be reset in the current state.");
  }
};

const withoutChannel = () =>
  invalidParameter("Cannot reset password for the user as there is no registered/verified email or phone_number");

const sendRecoveryCode = async (
  surroundings: CognitoContext,
  pool: Pool,
  user: User,
  clientId: string | undefined,
  clientMetadata: ClientMetadata,
): Promise<CodeDelivery> => {
  const { clock, random, behaviour } = surroundings;
  const medium = recoveryChannel(pool, user, behaviour);
  if (medium === undefined) throw withoutChannel();
  countAttempt(user.attempts.forgotPassword, clock.now(), behaviour.recoveryAttemptsPerHour);
  const value = randomDigits(random, 6);
  const template = pool.settings.VerificationMessageTemplate;
  const delivery = await sendMessage(surroundings, {
    pool,
    user,
    medium,
    source: "CustomMessage_ForgotPassword",
    clientId,
    clientMetadata,
    code: value,
    text: {
      emailSubject: template.EmailSubject ?? "Your password reset code",
      emailMessage: template.EmailMessage ?? "Your password reset code is {####}.",
      smsMessage: template.SmsMessage ?? "Your password reset code is {####}.",
    },
  });
  const expiresAt = new Date(clock.now().getTime() + HOUR);
  user.recoveryCode = { value, expiresAt, attribute: attributeFor(medium) };
  return delivery;
};

/**
 * Returns a made-up delivery for a name without a user. It is always the same for the same name, as for a real user.
 */
const simulatedDelivery = (name: string): CodeDelivery => ({
  Destination: mask(name.includes("@") ? name : `${name}@example.com`),
  DeliveryMedium: "EMAIL",
  AttributeName: "email",
});

const hidesUsers = (client: AppClient): boolean => client.settings.PreventUserExistenceErrors === "ENABLED";

const forgotPassword = async (
  surroundings: CognitoContext,
  input: { ClientId: string; Username: string; SecretHash?: string | undefined; ClientMetadata?: ClientMetadata },
) => {
  const { pool, client } = requireClient(surroundings.pools, input.ClientId);
  checkSecretHash(client, input.Username, input.SecretHash);
  const user = findUser(pool, input.Username);
  const simulated = { CodeDeliveryDetails: simulatedDelivery(input.Username) };
  if (user === undefined) {
    if (hidesUsers(client)) return simulated;
    throw userNotFoundForClient();
  }
  if (!user.enabled && hidesUsers(client)) return simulated;
  requireEnabled(user);
  requireResettable(user);
  const maySimulate = hidesUsers(client) && surroundings.behaviour.answerWithoutRecoveryChannel === "simulated";
  if (maySimulate && recoveryChannel(pool, user, surroundings.behaviour) === undefined) return simulated;
  return { CodeDeliveryDetails: await sendRecoveryCode(surroundings, pool, user, client.id, input.ClientMetadata) };
};

const confirmForgotPassword = async (
  surroundings: CognitoContext,
  input: {
    ClientId: string;
    Username: string;
    SecretHash?: string | undefined;
    ConfirmationCode: string;
    Password: string;
    ClientMetadata?: ClientMetadata;
  },
) => {
  const { clock, behaviour } = surroundings;
  const { pool, client } = requireClient(surroundings.pools, input.ClientId);
  checkSecretHash(client, input.Username, input.SecretHash);
  const user = findUser(pool, input.Username);
  if (user === undefined) throw hidesUsers(client) ? codeMismatch() : userNotFoundForClient();
  requireEnabled(user);
  if (user.status === "UNCONFIRMED") throw userNotConfirmed();
  requireResettable(user);
  countAttempt(user.attempts.confirmForgotPassword, clock.now(), behaviour.recoveryAttemptsPerHour);
  const code = user.recoveryCode;
  if (code === undefined || clock.now() >= code.expiresAt) throw expiredCode();
  if (code.value !== input.ConfirmationCode) throw codeMismatch();
  const { status, passwordHistory, temporaryPasswordExpiresAt, recoveryCode, password: oldPassword } = user;
  setPassword(pool, user, input.Password, clock.now(), false);
  user.recoveryCode = undefined;
  try {
    await confirmed(surroundings, pool, user, client.id, input.ClientMetadata);
  } catch (error) {
    if (!behaviour.passwordChangedWhenPostConfirmationFails) {
      Object.assign(user, { status, passwordHistory, temporaryPasswordExpiresAt, recoveryCode, password: oldPassword });
    }
    throw error;
  }
};

const confirmed = async (
  { fire, behaviour }: CognitoContext,
  pool: Pool,
  user: User,
  clientId: string,
  clientMetadata: ClientMetadata,
): Promise<void> => {
  if (user.createdBy === "administrator" && !behaviour.postConfirmationForAdminCreatedUsers) return;
  await fire({
    source: "PostConfirmation_ConfirmForgotPassword",
    pool,
    userName: user.username,
    clientId,
    request: { userAttributes: triggerAttributes(user), ...(clientMetadata !== undefined && { clientMetadata }) },
  });
};

export const recoveryOperations = (surroundings: CognitoContext): Record<string, Operation> => ({
  ForgotPassword: request(
    { ClientId: clientId, Username: username, SecretHash: secretHash, ClientMetadata: clientMetadata },
    (input) => forgotPassword(surroundings, input),
  ),
  ConfirmForgotPassword: request(
    {
      ClientId: clientId,
      Username: username,
      SecretHash: secretHash,
      ConfirmationCode: confirmationCode,
      Password: password,
      ClientMetadata: clientMetadata,
    },
    (input) => confirmForgotPassword(surroundings, input),
  ),
  AdminResetUserPassword: request(
    { UserPoolId: poolId, Username: username, ClientMetadata: clientMetadata },
    async (input) => {
      const pool = requirePool(surroundings.pools, input.UserPoolId);
      const user = requireUser(pool, input.Username);
      requireResettable(user);
      await sendRecoveryCode(surroundings, pool, user, undefined, input.ClientMetadata);
      user.status = "RESET_REQUIRED";
      user.modifiedAt = surroundings.clock.now();
    },
  ),
});
