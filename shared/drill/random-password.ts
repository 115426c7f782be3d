import { randomBytes } from "node:crypto";

/** A password that meets every policy Cognito can have, which asks for 99 characters at most; nobody is to see it. */
export const randomPassword = (): string => `Aa1!${randomBytes(72).toString("base64url")}`;
