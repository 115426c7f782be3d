import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { instant } from "../../events/instant.ts";
import { record, type FactRecord } from "../../events/record.ts";
import { plus } from "../runtime/instants.ts";
import { failedRecordRetention, failedRecordsLedger, type RememberRecord } from "./failed-record.ts";
import { ledgerPartition } from "./ledger-partition.ts";
import { dynamoLedger } from "./ledger.ts";

const schema = v.object({ ...record.entries, failedAt: instant });

/** A record that may never have reached record-reset, and since when it is known to have failed. */
export type FailedRecord = v.InferOutput<typeof schema>;

/** Keeps records until the service has looked at their users. */
export interface FailedRecords {
  remember: RememberRecord;
  /** Returns entries in the order of their ids. Strongly consistent. */
  list(atMost: number): Promise<FailedRecord[]>;
  /** Removes exactly this record, after a look at its user. Does nothing if its id has another record, or none. */
  forget(record: FactRecord): Promise<void>;
}

/** All errors of the SDK pass through. */
export const dynamoFailedRecords = (
  documents: DynamoDBDocumentClient,
  TableName: string,
  userPoolId: string,
): FailedRecords => {
  const ledger = dynamoLedger(documents, TableName, { name: failedRecordsLedger, userPoolId, schema });
  return {
    remember: (record, failedAt) =>
      ledger.put(record.id, { ...record, failedAt }, plus(failedAt, failedRecordRetention)),

    list: async (atMost) => (await ledger.list(atMost)).map(({ entry }) => entry),

    async forget({ id, kind, at, sub, username }) {
      const Key = { user: ledgerPartition(failedRecordsLedger, userPoolId), item: id };
      const expected = { kind, at: at.toISOString(), sub, username };
      const names = Object.keys(expected);
      // Anybody who may send records can use the id of another one.
      const isSame = {
        ConditionExpression: names.map((name) => `#${name} = :${name}`).join(" AND "),
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(
          Object.entries(expected).map(([name, text]) => [`:${name}`, text]),
        ),
      };
      try {
        await documents.send(new DeleteCommand({ TableName, Key, ...isSame }));
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
};
