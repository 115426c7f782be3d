import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { instant } from "../../events/instant.ts";
import { dynamoLedger, type Ledger } from "./ledger.ts";

const servedPool = v.object({
  /** When the reconciler first saw it. */
  since: instant,
  /** Whether the reconciler of this pool has searched the whole index for other pools. */
  lookedThrough: v.boolean(),
});

export type ServedPool = v.InferOutput<typeof servedPool>;

/** How many pools are read: a table serves one at a time, and few in its life. */
export const mostServedPools = 100;

/**
 * Every user pool that this table has ever served, by its id. The ledger belongs to no pool, so that windows of a
 * former pool can be found: its key has `all` in the place of a pool id.
 */
export const dynamoServedPools = (documents: DynamoDBDocumentClient, tableName: string): Ledger<ServedPool> =>
  dynamoLedger(documents, tableName, { name: "pools", userPoolId: "all", schema: servedPool });
