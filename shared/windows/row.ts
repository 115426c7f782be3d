import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { UserKey } from "../users/user-key.ts";
import { unlessConditionFails } from "./conditional-write.ts";
import { type Changes, updateExpression } from "./update-expression.ts";
import { rowFrom, rowKey, type UserRow } from "./window-items.ts";
import type { Window } from "./window.ts";
import { keyOf, type WindowsTable } from "./windows-table.ts";

interface Condition {
  expression: string;
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

/** A condition that holds for a row with this window, unchanged. The update uses the name `#version` too. */
export const sameVersionAs = ({ windowId, version }: Pick<Window, "windowId" | "version">): Condition => ({
  expression: "#windowId = :windowId AND #version = :read",
  names: { "#windowId": "windowId", "#version": "version" },
  values: { ":windowId": windowId, ":read": version },
});

/** Returns the user's row, strongly consistent, or undefined. */
export const readRow = async ({ documents, TableName }: WindowsTable, user: UserKey): Promise<UserRow | undefined> => {
  const { Item } = await documents.send(new GetCommand({ TableName, Key: keyOf(user, rowKey), ConsistentRead: true }));
  return Item && rowFrom(Item);
};

/** Writes the changes into the user's row. Returns `false`, and writes nothing, if the condition fails. */
export const writeRow = (
  { documents, TableName }: WindowsTable,
  user: UserKey,
  changes: Changes,
  condition?: Condition,
): Promise<boolean> => {
  const update = updateExpression(changes);
  return unlessConditionFails(
    documents.send(
      new UpdateCommand({
        TableName,
        Key: keyOf(user, rowKey),
        ...update,
        ...(condition && {
          ConditionExpression: condition.expression,
          ExpressionAttributeNames: { ...update.ExpressionAttributeNames, ...condition.names },
          ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ...condition.values },
        }),
      }),
    ),
  );
};
