import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { instant } from "../../events/instant.ts";
import { day } from "../config/duration.ts";
import { plus } from "../runtime/instants.ts";
import { dynamoLedger, type Ledger } from "./ledger.ts";

const repeatedDrift = v.object({ sub: v.string(), at: instant });

/** A user who was found without Email MFA for the second time within a month. */
export type RepeatedDrift = v.InferOutput<typeof repeatedDrift>;

/** The users of the alarm drift-repeated. Their windows close at once, so no open window shows them. */
export const repeatedDrifts = (
  documents: DynamoDBDocumentClient,
  TableName: string,
  userPoolId: string,
): Ledger<RepeatedDrift> =>
  dynamoLedger(documents, TableName, { name: "repeated-drifts", userPoolId, schema: repeatedDrift });

/** Keeps the drift for a week. The same fact has the same key. */
export const noteRepeatedDrift = (
  ledger: Pick<Ledger<RepeatedDrift>, "put">,
  { id, sub }: { id: string; sub: string },
  at: Date,
): Promise<void> => ledger.put(`${at.toISOString()}#${id}`, { sub, at }, plus(at, 7 * day));
