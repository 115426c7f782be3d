import { DeleteCommand, GetCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { emailMfaIsOn } from "../users/factors.ts";
import type { UserKey } from "../users/user-key.ts";
import { unlessConditionFails } from "./conditional-write.ts";
import type { Seen } from "./seen.ts";
import { updateExpression } from "./update-expression.ts";
import { partition } from "./user-partition.ts";
import { historyFrom, knownKey, openAttributes, openFrom, rowKey, seenFrom, type UserRow } from "./window-items.ts";
import type { ClosedWindow, Window } from "./window.ts";
import { keyOf, type WindowsTable } from "./windows-table.ts";

/** The sort key of an open window in versions before 0.2. */
export const openKey = "open";

const itemKey = v.object({ item: v.string() });

/**
 * Reads the items of a user from versions before 0.2: `open`, `seen` and `closed#…`. The first two become the user's
 * row; the third are already its history. `seen` stays, so that the user is still known if the stack goes back to such
 * a version.
 */
export const readOldItems = async (
  { documents, TableName }: WindowsTable,
  user: UserKey,
): Promise<{ row: UserRow; isWorthARow: boolean }> => {
  // "seen", "open" and the newest "closed#…" are the last three in the order of the sort key.
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: "#user = :user",
      ExpressionAttributeNames: { "#user": "user" },
      ExpressionAttributeValues: { ":user": partition(user) },
      ScanIndexForward: false,
      Limit: 3,
    }),
  );
  const found: { open?: Window; seen?: Seen | undefined; closed?: ClosedWindow | undefined } = {};
  for (const item of Items) {
    const { item: key } = v.parse(itemKey, item);
    if (key === openKey) found.open = openFrom(item);
    else if (key === knownKey) found.seen = seenFrom(item);
    else if (key.startsWith("closed#")) found.closed ??= historyFrom(item);
  }
  const { open, closed } = found;
  const looks = [open?.factorsBefore, closed?.factorsBefore, closed?.evidence?.after];
  const known = found.seen?.known === true || looks.some((look) => look !== undefined && emailMfaIsOn(look));
  return {
    row: {
      version: 0,
      ...((found.seen !== undefined || known) && { seen: { ...found.seen, known } }),
      ...(open && { open }),
      earlierClosedAt: closed?.closedAt,
    },
    isWorthARow: open !== undefined || closed !== undefined || found.seen?.checkedAt !== undefined,
  };
};

/**
 * Makes the row of a user who has none from the items that were read. Writes the row first, so that the window is in at
 * least one place after any failure.
 */
export const adoptOldItems = async (
  table: WindowsTable,
  user: UserKey,
  { seen, open, earlierClosedAt }: UserRow,
): Promise<void> => {
  const update = updateExpression({
    set: {
      ...(open && openAttributes(open)),
      known: seen?.known ?? false,
      checkedAt: seen?.checkedAt?.toISOString(),
      emailMfa: seen?.emailMfa,
      watchedUntil: seen?.watchedUntil?.toISOString(),
      driftedAt: seen?.driftedAt?.toISOString(),
      earlierClosedAt: earlierClosedAt?.toISOString(),
    },
  });
  const isMade = await unlessConditionFails(
    table.documents.send(
      new UpdateCommand({
        TableName: table.TableName,
        Key: keyOf(user, rowKey),
        ...update,
        ConditionExpression: "attribute_not_exists(#user)",
        ExpressionAttributeNames: { ...update.ExpressionAttributeNames, "#user": "user" },
      }),
    ),
  );
  if (isMade && open !== undefined) await removeOldOpenWindow(table, open);
};

/** Returns the open window with this id that a version before 0.2 has left next to the row. */
export const findOldOpenWindow = async (
  { documents, TableName }: WindowsTable,
  user: UserKey,
  windowId: string,
): Promise<Window | undefined> => {
  const { Item } = await documents.send(new GetCommand({ TableName, Key: keyOf(user, openKey), ConsistentRead: true }));
  const left = Item && openFrom(Item);
  return left?.windowId === windowId ? left : undefined;
};

/** Removes the item of an open window that is in the row already. */
export const removeOldOpenWindow = async ({ documents, TableName }: WindowsTable, window: Window): Promise<void> => {
  await unlessConditionFails(
    documents.send(
      new DeleteCommand({
        TableName,
        Key: keyOf(window, openKey),
        ConditionExpression: "windowId = :windowId",
        ExpressionAttributeValues: { ":windowId": window.windowId },
      }),
    ),
  );
};
