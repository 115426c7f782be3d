import * as v from "valibot";
import type { CognitoContext } from "./cognito-context.ts";
import { type CodeDelivery, deliver, maskedDelivery } from "./delivery.ts";
import type { Pool } from "./pool.ts";
import type { ClientMetadata } from "./request.ts";
import { invalidLambdaResponse, triggerAttributes } from "./triggers.ts";
import type { User } from "./user.ts";

export type Medium = "EMAIL" | "SMS";

export interface Message {
  pool: Pool;
  user: User;
  medium: Medium;
  /** Undefined for messages without a CustomMessage trigger. */
  source:
    `CustomMessage_${"SignUp" | "AdminCreateUser" | "ResendCode" | "ForgotPassword" | "Authentication"}` | undefined;
  clientId: string | undefined;
  clientMetadata: ClientMetadata;
  /** Replaces {####}. */
  code: string;
  text: { emailSubject: string; emailMessage: string; smsMessage: string };
}

const CODE = "{####}";
const USERNAME = "{username}";

/**
 * Delivers a message, with the text of the CustomMessage trigger if there is one. Throws when Cognito would not accept
 * the trigger's answer: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html.
 */
export const sendMessage = async (surroundings: CognitoContext, message: Message): Promise<CodeDelivery> => {
  const { pool, user, medium, source, code } = message;
  const custom = source === undefined ? undefined : await customise(surroundings, message, source);
  const fill = (template: string) =>
    template.replaceAll(CODE, () => code).replaceAll(USERNAME, () => shownName(pool, user));
  deliver(surroundings, pool, user, medium, {
    subject: fill(custom?.emailSubject ?? message.text.emailSubject),
    body:
      medium === "EMAIL"
        ? fill(custom?.emailMessage ?? message.text.emailMessage)
        : fill(custom?.smsMessage ?? message.text.smsMessage),
  });
  return maskedDelivery(user, medium);
};

/**
 * Returns the name that the user signs in with. In a pool with sign-in by email, that is not the generated username.
 */
const shownName = (pool: Pool, user: User): string => {
  const [attribute] = pool.usernameAttributes;
  return (attribute === undefined ? undefined : user.attributes.get(attribute)) ?? user.username;
};

const limited = (most: number) => v.nullish(v.pipe(v.string(), v.maxLength(most)));
const customMessage = v.looseObject({
  emailSubject: limited(140),
  emailMessage: limited(20000),
  smsMessage: limited(140),
});

const customise = async (
  { fire }: CognitoContext,
  { pool, user, clientId, clientMetadata }: Message,
  source: NonNullable<Message["source"]>,
) => {
  const invitation = source === "CustomMessage_AdminCreateUser";
  const response = await fire({
    source,
    pool,
    userName: user.username,
    clientId,
    request: {
      userAttributes: triggerAttributes(user),
      codeParameter: CODE,
      linkParameter: "{##Click Here##}",
      usernameParameter: invitation ? USERNAME : null,
      ...(clientMetadata !== undefined && { clientMetadata }),
    },
    response: { smsMessage: null, emailMessage: null, emailSubject: null },
  });
  if (response === undefined) return undefined;
  const parsed = v.safeParse(customMessage, response);
  if (!parsed.success) throw invalidLambdaResponse("Unrecognizable lambda output");
  const { emailMessage, emailSubject, smsMessage } = parsed.output;
  if ((emailMessage ?? emailSubject) != null && pool.settings.EmailConfiguration.EmailSendingAccount !== "DEVELOPER") {
    throw invalidLambdaResponse("Custom email messages require an EmailSendingAccount of DEVELOPER");
  }
  for (const [name, text] of Object.entries({ emailMessage, smsMessage })) {
    if (text == null) continue;
    if (!text.includes(CODE)) throw invalidLambdaResponse(`${name} must contain the code parameter`);
    if (invitation && !text.includes(USERNAME))
      throw invalidLambdaResponse(`${name} must contain the username parameter`);
  }
  return parsed.output;
};
