import type { AppClient } from "./app-client.ts";
import { resourceNotFound } from "./errors.ts";
import type { Group } from "./group.ts";
import type { PoolMfa } from "./pool-mfa.ts";
import type { PoolSettings, Tier } from "./pool-settings.ts";
import type { SchemaAttribute } from "./schema-attributes.ts";
import type { User } from "./user.ts";

export interface Pool {
  readonly id: string;
  readonly arn: string;
  name: string;
  readonly createdAt: Date;
  modifiedAt: Date;
  settings: PoolSettings;
  tier: Tier;
  mfa: PoolMfa;
  readonly schema: SchemaAttribute[];
  readonly aliasAttributes: string[];
  /** Attributes that users sign in with. Cognito then generates the username. */
  readonly usernameAttributes: string[];
  readonly caseSensitive: boolean;
  readonly clients: Map<string, AppClient>;
  /** By folded username, in order of creation. */
  readonly users: Map<string, User>;
  readonly groups: Map<string, Group>;
}

export type Pools = Map<string, Pool>;

export const requirePool = (pools: Pools, id: string): Pool => {
  const pool = pools.get(id);
  if (pool === undefined) throw resourceNotFound(`User pool ${id} does not exist.`);
  return pool;
};

/** Returns the app client with this id, and its pool. Throws when there is none. */
export const requireClient = (pools: Pools, clientId: string): { pool: Pool; client: AppClient } => {
  for (const pool of pools.values()) {
    const client = pool.clients.get(clientId);
    if (client !== undefined) return { pool, client };
  }
  throw resourceNotFound(`User pool client ${clientId} does not exist.`);
};

export const requirePoolClient = (
  pools: Pools,
  poolId: string,
  clientId: string,
): { pool: Pool; client: AppClient } => {
  const pool = requirePool(pools, poolId);
  const client = pool.clients.get(clientId);
  if (client === undefined) throw resourceNotFound(`User pool client ${clientId} does not exist.`);
  return { pool, client };
};
