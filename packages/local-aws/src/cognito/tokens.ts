import { createHash, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import * as v from "valibot";
import { type AppClient, tokenLifetimes } from "./app-client.ts";
import type { CognitoContext } from "./cognito-context.ts";
import type { Pool } from "./pool.ts";
import { ALPHANUMERIC, randomText, randomUuid } from "./randomness.ts";
import { attributesOf, type User } from "./user.ts";

interface SigningKey {
  id: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

let key: SigningKey | undefined;

/** Returns the signing key of all pools in the process. The first token creates it. */
const signingKey = (): SigningKey => {
  if (key === undefined) {
    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const id = createHash("sha256")
      .update(pair.publicKey.export({ type: "spki", format: "der" }))
      .digest("base64url");
    key = { id, ...pair };
  }
  return key;
};

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const signToken = (claims: object): string => {
  const { id, privateKey } = signingKey();
  const content = `${encode({ kid: id, alg: "RS256" })}.${encode(claims)}`;
  return `${content}.${sign("RSA-SHA256", Buffer.from(content), privateKey).toString("base64url")}`;
};

const accessClaims = v.looseObject({
  iss: v.string(),
  sub: v.string(),
  username: v.string(),
  origin_jti: v.string(),
  token_use: v.literal("access"),
  exp: v.number(),
});

/** Returns the claims of an access token that a local pool signed, even if it has expired; otherwise undefined. */
export const readAccessToken = (token: string): v.InferOutput<typeof accessClaims> | undefined => {
  const [header = "", claims = "", signature = ""] = token.split(".");
  const content = Buffer.from(`${header}.${claims}`);
  if (!verify("RSA-SHA256", content, signingKey().publicKey, Buffer.from(signature, "base64url"))) return undefined;
  const parsed = v.safeParse(accessClaims, JSON.parse(Buffer.from(claims, "base64url").toString()));
  return parsed.success ? parsed.output : undefined;
};

export const issuerOf = (region: string, pool: Pool): string =>
  `https://cognito-idp.${region}.amazonaws.com/${pool.id}`;

/** Starts a sign-in and returns its tokens. `refreshTokens` returns new ones for it, without a new refresh token. */
export const issueTokens = (surroundings: CognitoContext, pool: Pool, client: AppClient, user: User) => {
  const { clock, random } = surroundings;
  const id = randomUuid(random);
  const now = clock.now();
  const refreshToken = randomText(random, ALPHANUMERIC, 200);
  const expiresAt = new Date(now.getTime() + tokenLifetimes(client).refresh * 1000);
  user.signIns.set(id, { clientId: client.id, authenticatedAt: now, refreshToken, expiresAt });
  return { ...refreshTokens(surroundings, pool, client, user, id, now), RefreshToken: refreshToken };
};

export const refreshTokens = (
  { clock, random, region }: CognitoContext,
  pool: Pool,
  client: AppClient,
  user: User,
  signInId: string,
  authenticatedAt: Date,
) => {
  const lifetimes = tokenLifetimes(client);
  const issuedAt = Math.floor(clock.now().getTime() / 1000);
  const common = {
    sub: user.sub,
    iss: issuerOf(region, pool),
    origin_jti: signInId,
    auth_time: Math.floor(authenticatedAt.getTime() / 1000),
    iat: issuedAt,
    ...(user.groups.size > 0 && { "cognito:groups": [...user.groups] }),
  };
  const access = {
    ...common,
    client_id: client.id,
    username: user.username,
    token_use: "access",
    scope: "aws.cognito.signin.user.admin",
    exp: issuedAt + lifetimes.access,
    jti: randomUuid(random),
  };
  const identity = {
    ...attributesOf(user),
    ...verifiedClaims(user),
    ...common,
    aud: client.id,
    "cognito:username": user.username,
    token_use: "id",
    exp: issuedAt + lifetimes.id,
    jti: randomUuid(random),
  };
  return {
    AccessToken: signToken(access),
    IdToken: signToken(identity),
    ExpiresIn: lifetimes.access,
    TokenType: "Bearer",
  };
};

/** These two are booleans in tokens, and strings everywhere else. */
const verifiedClaims = (user: User): Record<string, boolean> =>
  Object.fromEntries(
    ["email_verified", "phone_number_verified"]
      .filter((name) => user.attributes.has(name))
      .map((name) => [name, user.attributes.get(name) === "true"]),
  );
