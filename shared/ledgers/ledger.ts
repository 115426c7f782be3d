import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { ledgerPartition } from "./ledger-partition.ts";

/**
 * What the service keeps for a pool in addition to its users' windows: a few entries of one kind, each with its own
 * key.
 */
export interface Ledger<Entry> {
  /** Writes the entry, or replaces the one with the same key. DynamoDB deletes it some time after `expiresAt`. */
  put(key: string, entry: Entry, expiresAt?: Date): Promise<void>;
  /**
   * Returns at most `atMost` entries in the order of their keys. Strongly consistent. Leaves out entries that cannot be
   * read.
   */
  list(atMost: number): Promise<{ key: string; entry: Entry }[]>;
  remove(key: string): Promise<void>;
}

const keyed = v.object({ item: v.string() });

/** Makes a ledger in the WINDOWS table. All errors of the SDK pass through. */
export const dynamoLedger = <Entry>(
  documents: DynamoDBDocumentClient,
  TableName: string,
  ledger: { name: string; userPoolId: string; schema: v.GenericSchema<unknown, Entry> },
): Ledger<Entry> => {
  const user = ledgerPartition(ledger.name, ledger.userPoolId);
  return {
    async put(key, entry, expiresAt) {
      const stored = v.parse(v.record(v.string(), v.unknown()), JSON.parse(JSON.stringify(entry)));
      const expiry = expiresAt && { expiresAt: Math.floor(expiresAt.getTime() / 1000) };
      await documents.send(new PutCommand({ TableName, Item: { ...stored, ...expiry, user, item: key } }));
    },

    async list(atMost) {
      const entries: { key: string; entry: Entry }[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await documents.send(
          new QueryCommand({
            TableName,
            ConsistentRead: true,
            KeyConditionExpression: "#user = :user",
            ExpressionAttributeNames: { "#user": "user" },
            ExpressionAttributeValues: { ":user": user },
            Limit: atMost - entries.length,
            ExclusiveStartKey,
          }),
        );
        for (const item of page.Items ?? []) {
          const parsed = v.safeParse(ledger.schema, item);
          if (parsed.success) entries.push({ key: v.parse(keyed, item).item, entry: parsed.output });
        }
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined && entries.length < atMost);
      return entries;
    },

    async remove(key) {
      await documents.send(new DeleteCommand({ TableName, Key: { user, item: key } }));
    },
  };
};
