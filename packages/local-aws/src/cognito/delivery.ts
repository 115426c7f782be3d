import type { CognitoContext } from "./cognito-context.ts";
import type { Medium } from "./messages.ts";
import type { Pool } from "./pool.ts";
import type { User } from "./user.ts";

export interface CodeDelivery {
  Destination: string;
  DeliveryMedium: Medium;
  AttributeName: "email" | "phone_number";
}

export const attributeFor = (medium: Medium): "email" | "phone_number" =>
  medium === "EMAIL" ? "email" : "phone_number";

/** Puts the message in the mailbox. Text messages go there too: to the phone number, from "SMS", without a subject. */
export const deliver = (
  { clock, mailbox }: CognitoContext,
  pool: Pool,
  user: User,
  medium: Medium,
  content: { subject: string; body: string },
): void => {
  const to = user.attributes.get(attributeFor(medium));
  if (to === undefined) throw new Error(`A message by ${medium} was sent to a user without such an address.`);
  mailbox.deliver({
    sentAt: clock.now(),
    from: medium === "EMAIL" ? senderOf(pool) : "SMS",
    to,
    subject: medium === "EMAIL" ? content.subject : "",
    body: content.body,
  });
};

const senderOf = ({ settings }: Pool): string => {
  const { From, SourceArn, EmailSendingAccount } = settings.EmailConfiguration;
  if (EmailSendingAccount !== "DEVELOPER") return "no-reply@verificationemail.com";
  const identity = SourceArn?.split(":identity/")[1] ?? "";
  return From ?? (identity.includes("@") ? identity : `no-reply@${identity}`);
};

/** Returns where a code went, masked as Cognito does it: a***@e*** or +*******4567. */
export const maskedDelivery = (user: User, medium: Medium): CodeDelivery => {
  const AttributeName = attributeFor(medium);
  const address = user.attributes.get(AttributeName) ?? "";
  return { Destination: mask(address), DeliveryMedium: medium, AttributeName };
};

export const mask = (address: string): string => {
  const [name = "", domain] = address.split("@");
  if (domain !== undefined) return `${name.slice(0, 1)}***@${domain.slice(0, 1)}***`;
  return `+${"*".repeat(Math.max(0, address.length - 5))}${address.slice(-4)}`;
};
