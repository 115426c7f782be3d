import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { UserKey } from "../users/user-key.ts";
import { unlessConditionFails } from "./conditional-write.ts";
import { partition } from "./user-partition.ts";
import { historyFrom, historyItem } from "./window-items.ts";
import type { ClosedWindow } from "./window.ts";
import type { WindowsTable } from "./windows-table.ts";

/** Writes a closed window into the history. Keeps a newer version that is there already. */
export const keepInHistory = ({ documents, TableName }: WindowsTable, closed: ClosedWindow): Promise<boolean> =>
  unlessConditionFails(
    documents.send(
      new PutCommand({
        TableName,
        Item: historyItem(closed),
        ConditionExpression: "attribute_not_exists(#user) OR #version < :version",
        ExpressionAttributeNames: { "#user": "user", "#version": "version" },
        ExpressionAttributeValues: { ":version": closed.version },
      }),
    ),
  );

/**
 * Writes a window of the history over the version `read`. Returns `false`, and writes nothing, if the history has
 * another version.
 */
export const updateInHistory = (
  { documents, TableName }: WindowsTable,
  closed: ClosedWindow,
  read: number,
): Promise<boolean> =>
  unlessConditionFails(
    documents.send(
      new PutCommand({
        TableName,
        Item: historyItem(closed),
        ConditionExpression: "#version = :read",
        ExpressionAttributeNames: { "#version": "version" },
        ExpressionAttributeValues: { ":read": read },
      }),
    ),
  );

/** Returns the window of the history that was opened last at `instant` or before. */
export const findInHistory = async (
  { documents, TableName }: WindowsTable,
  user: UserKey,
  instant: Date,
): Promise<ClosedWindow | undefined> => {
  const { Items } = await documents.send(
    new QueryCommand({
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: "#user = :user AND #item BETWEEN :first AND :last",
      ExpressionAttributeNames: { "#user": "user", "#item": "item" },
      ExpressionAttributeValues: {
        ":user": partition(user),
        ":first": "closed#",
        ":last": `closed#${instant.toISOString()}$`,
      },
      ScanIndexForward: false,
      Limit: 1,
    }),
  );
  return historyFrom(Items?.[0]);
};
