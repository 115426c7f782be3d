import * as v from "valibot";
import { AwsError, type Operation } from "../service.ts";
import type { CognitoContext } from "./cognito-context.ts";
import { invalidParameter, userNotFound } from "./errors.ts";
import { type Medium, sendMessage } from "./messages.ts";
import { addToPool, newIdentity, takeNames } from "./new-user.ts";
import { generatePassword, setPassword } from "./password-policy.ts";
import { type Pool, requirePool } from "./pool.ts";
import { attributes, type ClientMetadata, clientMetadata, password, poolId, request, username } from "./request.ts";
import { checkAttributes } from "./schema-attributes.ts";
import { createUser, describeUser, findUser, type User } from "./user.ts";

const DEFAULT_INVITATION = {
  emailSubject: "Your temporary password",
  emailMessage: "Your username is {username} and temporary password is {####}.",
  smsMessage: "Your username is {username} and temporary password is {####}.",
};

export const adminCreateUserOperations = (surroundings: CognitoContext): Record<string, Operation> => ({
  AdminCreateUser: request(
    {
      UserPoolId: poolId,
      Username: username,
      UserAttributes: v.optional(attributes, []),
      ValidationData: v.optional(attributes),
      TemporaryPassword: v.optional(password),
      ForceAliasCreation: v.optional(v.boolean(), false),
      MessageAction: v.optional(v.picklist(["RESEND", "SUPPRESS"])),
      DesiredDeliveryMediums: v.optional(v.array(v.picklist(["SMS", "EMAIL"])), ["SMS"]),
      ClientMetadata: clientMetadata,
    },
    async (input) => {
      const pool = requirePool(surroundings.pools, input.UserPoolId);
      const user =
        input.MessageAction === "RESEND"
          ? requireInvited(pool, input.Username)
          : await addUser(surroundings, pool, input);
      const temporaryPassword =
        input.TemporaryPassword ?? generatePassword(pool.settings.Policies.PasswordPolicy, surroundings.random);
      setPassword(pool, user, temporaryPassword, surroundings.clock.now(), true);
      if (input.MessageAction !== "SUPPRESS") {
        for (const medium of new Set(input.DesiredDeliveryMediums)) {
          await invite(surroundings, pool, user, medium, temporaryPassword, input.ClientMetadata);
        }
      }
      return { User: describeUser(user) };
    },
  ),
});

const requireInvited = (pool: Pool, name: string): User => {
  const user = findUser(pool, name);
  if (user === undefined) throw userNotFound();
  if (user.status !== "FORCE_CHANGE_PASSWORD") {
    throw new AwsError("UnsupportedUserStateException", `Resend not possible. ${user.status} is not a valid state.`);
  }
  return user;
};

const addUser = async (
  { clock, random, fire }: CognitoContext,
  pool: Pool,
  input: {
    Username: string;
    UserAttributes: v.InferOutput<typeof attributes>;
    ValidationData?: v.InferOutput<typeof attributes> | undefined;
    ForceAliasCreation: boolean;
    ClientMetadata?: ClientMetadata;
  },
): Promise<User> => {
  checkAttributes(pool.schema, input.UserAttributes);
  const identity = newIdentity(pool, random, input.Username, input.UserAttributes, "administrator");
  await fire({
    source: "PreSignUp_AdminCreateUser",
    pool,
    userName: identity.username,
    clientId: undefined,
    request: {
      userAttributes: Object.fromEntries(identity.attributes),
      validationData: Object.fromEntries((input.ValidationData ?? []).map(({ Name, Value }) => [Name, Value])),
      ...(input.ClientMetadata !== undefined && { clientMetadata: input.ClientMetadata }),
    },
    response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
  });
  const user = createUser({
    ...identity,
    createdBy: "administrator",
    status: "FORCE_CHANGE_PASSWORD",
    at: clock.now(),
  });
  takeNames(pool, user, user.attributes, input.ForceAliasCreation);
  addToPool(pool, user);
  return user;
};

/** Sends the temporary password to the user. Cognito never sends a template that lacks one of the two placeholders. */
const invite = async (
  surroundings: CognitoContext,
  pool: Pool,
  user: User,
  medium: Medium,
  code: string,
  clientMetadata: ClientMetadata,
): Promise<void> => {
  if (medium === "SMS" && !user.attributes.has("phone_number")) return;
  if (medium === "EMAIL" && !user.attributes.has("email")) {
    throw invalidParameter("User has no email attribute to deliver the message to.");
  }
  const template = pool.settings.AdminCreateUserConfig.InviteMessageTemplate;
  const text = {
    emailSubject: template?.EmailSubject ?? DEFAULT_INVITATION.emailSubject,
    emailMessage: template?.EmailMessage ?? DEFAULT_INVITATION.emailMessage,
    smsMessage: template?.SMSMessage ?? DEFAULT_INVITATION.smsMessage,
  };
  const body = medium === "EMAIL" ? text.emailMessage : text.smsMessage;
  if (!body.includes("{####}") || !body.includes("{username}")) return;
  await sendMessage(surroundings, {
    pool,
    user,
    medium,
    source: "CustomMessage_AdminCreateUser",
    clientId: undefined,
    clientMetadata,
    code,
    text,
  });
};
