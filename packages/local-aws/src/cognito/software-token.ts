import { createHmac } from "node:crypto";
import * as v from "valibot";
import type { Operation } from "../service.ts";
import { AwsError } from "../service.ts";
import { requireTokenHolder } from "./access.ts";
import type { CognitoContext } from "./cognito-context.ts";
import { invalidParameter } from "./errors.ts";
import { offersFactor } from "./pool-mfa.ts";
import { randomText } from "./randomness.ts";
import { accessToken, request, text } from "./request.ts";

export interface SoftwareToken {
  readonly secret: string;
  readonly verified: boolean;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP = 30_000;

/** Returns the six digits that an authenticator app shows for a base-32 secret: RFC 6238 with SHA-1. */
export const totpCode = (secret: string, at: Date): string => {
  const bits = [...secret].map((character) => BASE32.indexOf(character).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / STEP)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0xf;
  const number = digest.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
};

/** Also accepts the codes of the steps before and after, because clocks differ. */
export const isTotpCode = (secret: string, code: string, at: Date): boolean =>
  [-1, 0, 1].some((steps) => totpCode(secret, new Date(at.getTime() + steps * STEP)) === code);

export const softwareTokenOperations = (surroundings: CognitoContext): Record<string, Operation> => ({
  AssociateSoftwareToken: request({ AccessToken: accessToken }, ({ AccessToken }) => {
    const { pool, user } = requireTokenHolder(surroundings, AccessToken);
    if (!offersFactor(pool, "SOFTWARE_TOKEN_MFA")) {
      throw new AwsError(
        "SoftwareTokenMFANotFoundException",
        "Software Token MFA has not been enabled by the userPool",
      );
    }
    const secret = randomText(surroundings.random, BASE32, 52);
    user.softwareToken = { secret, verified: false };
    return { SecretCode: secret };
  }),
  VerifySoftwareToken: request(
    { AccessToken: accessToken, UserCode: text(6, 6, /^[0-9]+$/), FriendlyDeviceName: v.optional(v.string()) },
    ({ AccessToken, UserCode }) => {
      const { user } = requireTokenHolder(surroundings, AccessToken);
      if (user.softwareToken === undefined) throw invalidParameter("Software token was not associated.");
      if (!isTotpCode(user.softwareToken.secret, UserCode, surroundings.clock.now())) {
        throw new AwsError("EnableSoftwareTokenMFAException", "Code mismatch");
      }
      user.softwareToken = { ...user.softwareToken, verified: true };
      return { Status: "SUCCESS" };
    },
  ),
});
