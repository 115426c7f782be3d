import { DeleteCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { plus } from "../runtime/instants.ts";
import type { UserKey } from "../users/user-key.ts";
import { unlessConditionFails } from "./conditional-write.ts";
import { knownKey, rowKey } from "./window-items.ts";
import { type ClosedWindow, retention } from "./window.ts";
import { keyOf, type WindowsTable } from "./windows-table.ts";

/**
 * Records that the user's Email MFA was seen on. This outlives the user's row, which DynamoDB deletes after
 * `retention`.
 */
export const rememberKnown = async ({ documents, TableName }: WindowsTable, user: UserKey): Promise<void> => {
  await documents.send(new PutCommand({ TableName, Item: { ...keyOf(user, knownKey), known: true } }));
};

/** Lets the fact that the user is known expire with the last window of a user who is gone. */
export const letKnownExpire = async ({ documents, TableName }: WindowsTable, closed: ClosedWindow): Promise<void> => {
  const expiresAt = Math.floor(plus(closed.closedAt, retention).getTime() / 1000);
  await unlessConditionFails(
    documents.send(
      new UpdateCommand({
        TableName,
        Key: keyOf(closed, knownKey),
        ConditionExpression: "attribute_exists(#known)",
        UpdateExpression: "SET expiresAt = :expiresAt",
        ExpressionAttributeNames: { "#known": "known" },
        ExpressionAttributeValues: { ":expiresAt": expiresAt },
      }),
    ),
  );
};

/** Forgets a user who was made for a test, except for the windows, which are kept as long as those of others. */
export const forgetUser = async ({ documents, TableName }: WindowsTable, user: UserKey): Promise<void> => {
  await documents.send(new DeleteCommand({ TableName, Key: keyOf(user, knownKey) }));
  await unlessConditionFails(
    documents.send(
      new DeleteCommand({
        TableName,
        Key: keyOf(user, rowKey),
        ConditionExpression: "attribute_not_exists(#window)",
        ExpressionAttributeNames: { "#window": "window" },
      }),
    ),
  );
};
