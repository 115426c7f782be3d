import { createHmac, timingSafeEqual } from "node:crypto";
import * as v from "valibot";
import type { Operation } from "../service.ts";
import type { CognitoContext } from "./cognito-context.ts";
import { invalidParameter, notAuthorized } from "./errors.ts";
import { pageOf } from "./paging.ts";
import { requirePool, requirePoolClient } from "./pool.ts";
import { LOWER_ALPHANUMERIC, randomText } from "./randomness.ts";
import { clientId, epochSeconds, integer, pageToken, poolId, request, text } from "./request.ts";

const SECONDS = { seconds: 1, minutes: 60, hours: 3600, days: 86400 } as const;
const unit = v.picklist(["seconds", "minutes", "hours", "days"]);
const clientName = text(1, 128, /^[\w\s+=,.@-]+$/);
const url = text(1, 1024, /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u);

// The OAuth members are only stored and returned: they control Managed Login, which the local stack does not have.
const settingsEntries = {
  ExplicitAuthFlows: v.optional(
    v.array(
      v.picklist([
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_CUSTOM_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_AUTH",
      ]),
    ),
    ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH"],
  ),
  PreventUserExistenceErrors: v.optional(v.picklist(["LEGACY", "ENABLED"]), "LEGACY"),
  AuthSessionValidity: v.optional(integer(3, 15), 3),
  AccessTokenValidity: v.optional(integer(1, 86400)),
  IdTokenValidity: v.optional(integer(1, 86400)),
  RefreshTokenValidity: v.optional(integer(0, 315360000), 30),
  TokenValidityUnits: v.optional(
    v.strictObject({ AccessToken: v.optional(unit), IdToken: v.optional(unit), RefreshToken: v.optional(unit) }),
  ),
  EnableTokenRevocation: v.optional(v.boolean(), true),
  SupportedIdentityProviders: v.optional(v.array(text(1, 32, /^[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+$/u))),
  CallbackURLs: v.optional(v.pipe(v.array(url), v.maxLength(100))),
  LogoutURLs: v.optional(v.pipe(v.array(url), v.maxLength(100))),
  DefaultRedirectURI: v.optional(url),
  AllowedOAuthFlows: v.optional(v.array(v.picklist(["code", "implicit", "client_credentials"]))),
  AllowedOAuthScopes: v.optional(v.pipe(v.array(text(1, 256, /^[\x21\x23-\x5B\x5D-\x7E]+$/)), v.maxLength(50))),
  AllowedOAuthFlowsUserPoolClient: v.optional(v.boolean(), false),
};
type ClientSettings = v.InferOutput<v.StrictObjectSchema<typeof settingsEntries, undefined>>;

export interface AppClient {
  readonly id: string;
  readonly poolId: string;
  name: string;
  readonly secret: string | undefined;
  readonly createdAt: Date;
  modifiedAt: Date;
  settings: ClientSettings;
}

/** Returns how long this client's tokens live, in seconds. */
export const tokenLifetimes = ({ settings }: AppClient): { access: number; id: number; refresh: number } => {
  const { AccessTokenValidity, IdTokenValidity, RefreshTokenValidity, TokenValidityUnits } = settings;
  return {
    access: (AccessTokenValidity ?? 1) * SECONDS[TokenValidityUnits?.AccessToken ?? "hours"],
    id: (IdTokenValidity ?? 1) * SECONDS[TokenValidityUnits?.IdToken ?? "hours"],
    refresh: (RefreshTokenValidity || 30) * SECONDS[TokenValidityUnits?.RefreshToken ?? "days"],
  };
};

/** Throws unless `hash` is the secret hash of `username`, the name that the request uses for the user. */
export const checkSecretHash = (client: AppClient, username: string, hash: string | undefined): void => {
  if (client.secret === undefined) {
    if (hash === undefined) return;
    throw notAuthorized(`Client ${client.id} is not configured for secret but secret was received`);
  }
  if (hash === undefined) {
    throw notAuthorized(`Client ${client.id} is configured with secret but SECRET_HASH was not received`);
  }
  const expected = createHmac("sha256", client.secret)
    .update(username + client.id)
    .digest();
  const given = Buffer.from(hash, "base64");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw notAuthorized(`SecretHash does not match for the client: ${client.id}`);
  }
};

const describe = (client: AppClient) => ({
  UserPoolId: client.poolId,
  ClientId: client.id,
  ClientName: client.name,
  ClientSecret: client.secret,
  CreationDate: epochSeconds(client.createdAt),
  LastModifiedDate: epochSeconds(client.modifiedAt),
  ...client.settings,
});

/** Access and ID tokens live from 5 minutes to a day. */
const checkLifetimes = (client: AppClient): AppClient => {
  const { access, id, refresh } = tokenLifetimes(client);
  if ([access, id].some((seconds) => seconds < 300 || seconds > 86400)) {
    throw invalidParameter("Invalid range for token validity.");
  }
  if (refresh < 3600 || refresh > 315360000) throw invalidParameter("Invalid range for token validity.");
  return client;
};

export const appClientOperations = ({ pools, clock, random }: CognitoContext): Record<string, Operation> => ({
  CreateUserPoolClient: request(
    { UserPoolId: poolId, ClientName: clientName, GenerateSecret: v.optional(v.boolean(), false), ...settingsEntries },
    ({ UserPoolId, ClientName, GenerateSecret, ...settings }) => {
      const pool = requirePool(pools, UserPoolId);
      const client = checkLifetimes({
        id: randomText(random, LOWER_ALPHANUMERIC, 26),
        poolId: pool.id,
        name: ClientName,
        secret: GenerateSecret ? randomText(random, LOWER_ALPHANUMERIC, 51) : undefined,
        createdAt: clock.now(),
        modifiedAt: clock.now(),
        settings,
      });
      pool.clients.set(client.id, client);
      return { UserPoolClient: describe(client) };
    },
  ),
  DescribeUserPoolClient: request({ UserPoolId: poolId, ClientId: clientId }, ({ UserPoolId, ClientId }) => ({
    UserPoolClient: describe(requirePoolClient(pools, UserPoolId, ClientId).client),
  })),
  UpdateUserPoolClient: request(
    { UserPoolId: poolId, ClientId: clientId, ClientName: v.optional(clientName), ...settingsEntries },
    ({ UserPoolId, ClientId, ClientName, ...settings }) => {
      const { pool, client } = requirePoolClient(pools, UserPoolId, ClientId);
      const name = ClientName ?? client.name;
      const changed = checkLifetimes({ ...client, name, settings, modifiedAt: clock.now() });
      pool.clients.set(client.id, changed);
      return { UserPoolClient: describe(changed) };
    },
  ),
  DeleteUserPoolClient: request({ UserPoolId: poolId, ClientId: clientId }, ({ UserPoolId, ClientId }) => {
    const { pool, client } = requirePoolClient(pools, UserPoolId, ClientId);
    pool.clients.delete(client.id);
  }),
  ListUserPoolClients: request(
    { UserPoolId: poolId, MaxResults: v.optional(integer(1, 60), 60), NextToken: v.optional(pageToken) },
    ({ UserPoolId, MaxResults, NextToken }) => {
      const { items, next } = pageOf([...requirePool(pools, UserPoolId).clients.values()], MaxResults, NextToken);
      return {
        UserPoolClients: items.map(({ id, name }) => ({ UserPoolId, ClientId: id, ClientName: name })),
        NextToken: next,
      };
    },
  ),
});
