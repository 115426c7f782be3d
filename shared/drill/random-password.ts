import { randomBytes } from "node:crypto";

/**
 * Returns a password that meets every policy Cognito can have (which asks for at most 99 characters). Nobody may see
 * it.
 */
export const randomPassword = (): string => `Aa1!${randomBytes(72).toString("base64url")}`;
