import type { FactRecord } from "../../events/record.ts";
import { day } from "../config/duration.ts";
import type { Call } from "../light-aws/json-client.ts";
import { ledgerPartition } from "./ledger-partition.ts";

/** The ledger of records that may never reach record-reset. The key of an entry is the record's `id`. */
export const failedRecordsLedger = "failed-records";

/** How long a failed record is kept at most, in milliseconds: as long as a closed window. */
export const failedRecordRetention = 400 * day;

/** Keeps a record until the service has looked at its user. The same record twice is one entry. */
export type RememberRecord = (record: FactRecord, failedAt: Date) => Promise<void>;

/**
 * Keeps failed records with the light client of the triggers, in the form that `dynamoFailedRecords` reads. Throws the
 * table's errors.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
 */
export const rememberRecord =
  (dynamo: Call, TableName: string): RememberRecord =>
  async ({ version, at, ...texts }, failedAt) => {
    const expiresAt = Math.floor((failedAt.getTime() + failedRecordRetention) / 1000);
    const attributes = {
      ...texts,
      at: at.toISOString(),
      failedAt: failedAt.toISOString(),
      user: ledgerPartition(failedRecordsLedger, texts.userPoolId),
      item: texts.id,
    };
    const Item = {
      ...Object.fromEntries(Object.entries(attributes).map(([name, text]) => [name, { S: text }])),
      version: { N: String(version) },
      expiresAt: { N: String(expiresAt) },
    };
    await dynamo("PutItem", { TableName, Item });
  };
