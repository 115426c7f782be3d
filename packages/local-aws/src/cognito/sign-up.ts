import * as v from "valibot";
import type { Operation } from "../service.ts";
import { checkSecretHash } from "./app-client.ts";
import { countAttempt } from "./attempts.ts";
import type { CognitoContext } from "./cognito-context.ts";
import { attributeFor, type CodeDelivery } from "./delivery.ts";
import { codeMismatch, expiredCode, invalidParameter, notAuthorized, userNotFoundForClient } from "./errors.ts";
import { type Medium, sendMessage } from "./messages.ts";
import { addToPool, newIdentity, takeNames } from "./new-user.ts";
import { checkPassword } from "./password-policy.ts";
import { type Pool, requireClient, requirePool } from "./pool.ts";
import { randomDigits } from "./randomness.ts";
import {
  attributes,
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
import { checkAttributes, missingAttributes } from "./schema-attributes.ts";
import { invalidLambdaResponse, triggerAttributes } from "./triggers.ts";
import { createUser, findUser, requireUser, type User } from "./user.ts";

const DAY = 86_400_000;
const CODES_PER_HOUR = 5;

const sendSignUpCode = async (
  surroundings: CognitoContext,
  pool: Pool,
  user: User,
  source: "CustomMessage_SignUp" | "CustomMessage_ResendCode",
  clientId: string,
  clientMetadata: ClientMetadata,
): Promise<CodeDelivery | undefined> => {
  const channels: Medium[] = ["SMS", "EMAIL"];
  const medium = channels.find(
    (candidate) =>
      pool.settings.AutoVerifiedAttributes.includes(attributeFor(candidate)) &&
      user.attributes.has(attributeFor(candidate)),
  );
  if (medium === undefined) return undefined;
  const value = randomDigits(surroundings.random, 6);
  const expiresAt = new Date(surroundings.clock.now().getTime() + DAY);
  const template = pool.settings.VerificationMessageTemplate;
  const delivery = await sendMessage(surroundings, {
    pool,
    user,
    medium,
    source,
    clientId,
    clientMetadata,
    code: value,
    text: {
      emailSubject: template.EmailSubject ?? "Your verification code",
      emailMessage: template.EmailMessage ?? "Your confirmation code is {####}.",
      smsMessage: template.SmsMessage ?? "Your confirmation code is {####}.",
    },
  });
  user.signUpCode = { value, expiresAt, attribute: attributeFor(medium) };
  return delivery;
};

const preSignUpAnswer = v.looseObject({
  autoConfirmUser: v.nullish(v.boolean(), false),
  autoVerifyEmail: v.nullish(v.boolean(), false),
  autoVerifyPhone: v.nullish(v.boolean(), false),
});

const confirm = async (
  { fire, clock }: CognitoContext,
  pool: Pool,
  user: User,
  clientId: string | undefined,
  clientMetadata: ClientMetadata,
): Promise<void> => {
  user.status = "CONFIRMED";
  user.modifiedAt = clock.now();
  await fire({
    source: "PostConfirmation_ConfirmSignUp",
    pool,
    userName: user.username,
    clientId,
    request: { userAttributes: triggerAttributes(user), ...(clientMetadata !== undefined && { clientMetadata }) },
  });
};

const requireUnconfirmed = (user: User): void => {
  if (user.status !== "UNCONFIRMED") {
    throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`);
  }
};

const requireSignUp = (
  surroundings: CognitoContext,
  input: { ClientId: string; Username: string; SecretHash?: string | undefined },
) => {
  const { pool, client } = requireClient(surroundings.pools, input.ClientId);
  checkSecretHash(client, input.Username, input.SecretHash);
  const user = findUser(pool, input.Username);
  if (user === undefined) {
    throw client.settings.PreventUserExistenceErrors === "ENABLED" ? expiredCode() : userNotFoundForClient();
  }
  return { pool, client, user };
};

const identification = {
  ClientId: clientId,
  Username: username,
  SecretHash: secretHash,
  ClientMetadata: clientMetadata,
};

export const signUpOperations = (surroundings: CognitoContext): Record<string, Operation> => ({
  SignUp: request(
    {
      ...identification,
      Password: password,
      UserAttributes: v.optional(attributes, []),
      ValidationData: v.optional(attributes),
    },
    async (input) => {
      const { clock, random, fire } = surroundings;
      const { pool, client } = requireClient(surroundings.pools, input.ClientId);
      checkSecretHash(client, input.Username, input.SecretHash);
      if (pool.settings.AdminCreateUserConfig.AllowAdminCreateUserOnly) {
        throw notAuthorized("SignUp is not permitted for this user pool");
      }
      checkPassword(input.Password, pool.settings.Policies.PasswordPolicy);
      checkAttributes(pool.schema, input.UserAttributes);
      if (input.UserAttributes.some(({ Name }) => Name.endsWith("_verified"))) {
        throw notAuthorized("A client attempted to write unauthorized attribute");
      }
      const identity = newIdentity(pool, random, input.Username, input.UserAttributes, "sign-up");
      const missing = missingAttributes(pool.schema, (name) => identity.attributes.has(name));
      if (missing.length > 0) {
        const reasons = missing.map((name) => `${name}: The attribute is required`).join("\n");
        throw invalidParameter(`Attributes did not conform to the schema: ${reasons}\n`);
      }
      const response = await fire({
        source: "PreSignUp_SignUp",
        pool,
        userName: identity.username,
        clientId: client.id,
        request: {
          userAttributes: Object.fromEntries(identity.attributes),
          validationData: Object.fromEntries((input.ValidationData ?? []).map(({ Name, Value }) => [Name, Value])),
          ...(input.ClientMetadata !== undefined && { clientMetadata: input.ClientMetadata }),
        },
        response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
      });
      const answer = v.safeParse(preSignUpAnswer, response ?? {});
      if (!answer.success) throw invalidLambdaResponse("Unrecognizable lambda output");
      const automatic = answer.output;
      const user = createUser({ ...identity, createdBy: "sign-up", status: "UNCONFIRMED", at: clock.now() });
      Object.assign(user, { password: input.Password, passwordHistory: [input.Password] });
      if (automatic.autoVerifyEmail === true) user.attributes.set("email_verified", "true");
      if (automatic.autoVerifyPhone === true) user.attributes.set("phone_number_verified", "true");
      addToPool(pool, user);
      if (automatic.autoConfirmUser === true) {
        await confirm(surroundings, pool, user, client.id, input.ClientMetadata);
        return { UserConfirmed: true, UserSub: user.sub };
      }
      const CodeDeliveryDetails = await sendSignUpCode(
        surroundings,
        pool,
        user,
        "CustomMessage_SignUp",
        client.id,
        input.ClientMetadata,
      );
      return { UserConfirmed: false, UserSub: user.sub, CodeDeliveryDetails };
    },
  ),
  ConfirmSignUp: request(
    { ...identification, ConfirmationCode: confirmationCode, ForceAliasCreation: v.optional(v.boolean(), false) },
    async (input) => {
      const { pool, client, user } = requireSignUp(surroundings, input);
      requireUnconfirmed(user);
      const code = user.signUpCode;
      if (code === undefined || surroundings.clock.now() >= code.expiresAt) throw expiredCode();
      if (code.value !== input.ConfirmationCode) throw codeMismatch();
      const verified = `${code.attribute}_verified`;
      takeNames(pool, user, new Map(user.attributes).set(verified, "true"), input.ForceAliasCreation);
      user.attributes.set(verified, "true");
      user.signUpCode = undefined;
      await confirm(surroundings, pool, user, client.id, input.ClientMetadata);
    },
  ),
  ResendConfirmationCode: request(identification, async (input) => {
    const { pool, client, user } = requireSignUp(surroundings, input);
    if (user.status !== "UNCONFIRMED") throw invalidParameter("User is already confirmed.");
    countAttempt(user.attempts.resendCode, surroundings.clock.now(), CODES_PER_HOUR);
    const CodeDeliveryDetails = await sendSignUpCode(
      surroundings,
      pool,
      user,
      "CustomMessage_ResendCode",
      client.id,
      input.ClientMetadata,
    );
    if (CodeDeliveryDetails === undefined) {
      throw invalidParameter("Cannot resend codes. Auto verification not turned on.");
    }
    return { CodeDeliveryDetails };
  }),
  AdminConfirmSignUp: request(
    { UserPoolId: poolId, Username: username, ClientMetadata: clientMetadata },
    async (input) => {
      const pool = requirePool(surroundings.pools, input.UserPoolId);
      const user = requireUser(pool, input.Username);
      requireUnconfirmed(user);
      await confirm(surroundings, pool, user, undefined, input.ClientMetadata);
    },
  ),
});
