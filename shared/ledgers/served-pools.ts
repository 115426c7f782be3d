import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { instant } from "../../events/instant.ts";
import { dynamoLedger, type Ledger } from "./ledger.ts";

const servedPool = v.object({
  /** When the reconciler first knew of it. */
  since: instant,
  /** Whether the reconciler of this pool has looked through the whole index for others. */
  lookedThrough: v.boolean(),
});

export type ServedPool = v.InferOutput<typeof servedPool>;

/** How many pools are read: a table serves one at a time, and few in its life. */
export const mostServedPools = 100;

/**
 * Every user pool that this table has ever served, by its id. Windows of a pool that the stack no longer looks after are
 * nobody's, so the ledger belongs to no pool: `all` stands in its key instead of one.
 */
export const dynamoServedPools = (documents: DynamoDBDocumentClient, tableName: string): Ledger<ServedPool> =>
  dynamoLedger(documents, tableName, { name: "pools", userPoolId: "all", schema: servedPool });
