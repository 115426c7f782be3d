import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { unlessConditionFails } from "./conditional-write.ts";
import { oldItems } from "./old-items.ts";
import type { Look } from "./seen.ts";
import { type Changes, updateExpression } from "./update-expression.ts";
import { partition } from "./user-partition.ts";
import {
  closedAttributes,
  historyFrom,
  historyItem,
  knownKey,
  lookChanges,
  openAttributes,
  type OverdueRef,
  overdueRefFrom,
  rowFrom,
  rowKey,
  type UserRow,
} from "./window-items.ts";
import { type ClosedWindow, plus, retention, type UserKey, type Window } from "./window.ts";

/**
 * The WINDOWS table: one row per user, and a history of their earlier windows. What changes a window is one conditional write of
 * the row, over the version it was made from. `conflict`: the row has changed since it was read, and nothing was written. All
 * other errors of the SDK pass through.
 */
export interface WindowStore {
  /** The row, or what an earlier version of the service has left of the user. Writes nothing. */
  find(user: UserKey): Promise<UserRow>;
  /**
   * The same for one who is going to change it: what an earlier version has left becomes the row first. Given the id of a window
   * that is not the row's open one, it also takes in an open window that an earlier version has left beside the row.
   */
  findToChange(user: UserKey, windowId?: string): Promise<UserRow>;
  /**
   * Opens the window over the row as read, which has no open one, and returns it as written. The window before it goes into the
   * history first. `known`: whether Email MFA was ever seen on.
   */
  open(window: Window, over: UserRow, known: boolean): Promise<Window | "conflict">;
  /** Writes the open window over the version it was read at, and returns the next version. */
  update(window: Window): Promise<Window | "conflict">;
  /** Closes the window and writes what its end says of the user. `row` is as read. */
  close(closed: ClosedWindow, look: Look | undefined, row: Pick<UserRow, "seen">): Promise<"closed" | "conflict">;
  /** Writes a closed window over the version it was read at, in the row or in the history. */
  updateClosed(closed: ClosedWindow): Promise<"updated" | "conflict">;
  /** The window of the history that was opened last at `instant` or before. */
  findInHistory(user: UserKey, instant: Date): Promise<ClosedWindow | undefined>;
  /** Writes what a look at the user found. `row` is as read. What earlier looks knew stays known. */
  noteLook(user: UserKey, look: Look, row: Pick<UserRow, "seen" | "lastClosed">): Promise<void>;
  /** Forgets a user who was made for a test, but for the windows, which are kept as long as those of others. */
  forget(user: UserKey): Promise<void>;
  /**
   * Open windows of the pool that were due at `instant` or before, the longest or the latest due first. `unreadable`: a
   * row that makes no sense, which must not hide the others.
   */
  dueUntil(userPoolId: string, instant: Date, first?: "longest" | "latest"): AsyncIterable<OverdueRef | "unreadable">;
}

export const dynamoWindowStore = (documents: DynamoDBDocumentClient, TableName: string): WindowStore => {
  const old = oldItems(documents, TableName);
  const keyOf = (user: UserKey, item: string) => ({ user: partition(user), item });

  const read = async (user: UserKey): Promise<UserRow | undefined> => {
    const { Item } = await documents.send(
      new GetCommand({ TableName, Key: keyOf(user, rowKey), ConsistentRead: true }),
    );
    return Item && rowFrom(Item);
  };

  const write = (user: UserKey, changes: Changes, condition?: Condition): Promise<boolean> => {
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

  const rememberKnown = async (user: UserKey): Promise<void> => {
    await documents.send(new PutCommand({ TableName, Item: { ...keyOf(user, knownKey), known: true } }));
  };

  const keepInHistory = (closed: ClosedWindow): Promise<boolean> =>
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

  const store: WindowStore = {
    find: async (user) => (await read(user)) ?? (await old.read(user)).row,

    async findToChange(user, windowId) {
      const row = await read(user);
      if (row === undefined) {
        const left = await old.read(user);
        if (!left.isWorthARow) return left.row;
        await old.adopt(user, left.row);
        return store.findToChange(user, windowId);
      }
      if (windowId === undefined || row.open?.windowId === windowId) return row;
      const left = await old.openBeside(user, windowId);
      if (left === undefined || row.open !== undefined) return row;
      if (row.lastClosed?.windowId !== windowId) {
        if ((await store.open(left, row, row.seen?.known ?? false)) === "conflict")
          return store.findToChange(user, windowId);
      }
      await old.removeOpen(left);
      return (await read(user)) ?? { version: 0 };
    },

    async open(window, over, known) {
      if (known && over.seen?.known !== true) await rememberKnown(window);
      if (over.lastClosed !== undefined) await keepInHistory(over.lastClosed);
      const opened = { ...window, version: over.version + 1 };
      const earlierClosedAt = (over.lastClosed?.closedAt ?? over.earlierClosedAt)?.toISOString();
      const changes = {
        set: { ...openAttributes(opened), earlierClosedAt, ...(known && { known }) },
        ...(!known && { setIfAbsent: { known } }),
      };
      const written = await write(
        window,
        changes,
        over.version === 0
          ? { expression: "attribute_not_exists(#version)" }
          : { expression: "#version = :read", values: { ":read": over.version } },
      );
      return written ? opened : "conflict";
    },

    async update(window) {
      const next = { ...window, version: window.version + 1 };
      return (await write(window, { set: openAttributes(next) }, asRead(window))) ? next : "conflict";
    },

    async close(closed, look, { seen }) {
      if (look?.known === true && seen?.known !== true) await rememberKnown(closed);
      const { set, ...rest } = look === undefined ? { set: {} } : lookChanges(look);
      const next = { ...closed, version: closed.version + 1 };
      const changes = { set: { ...closedAttributes(next), ...set }, ...rest };
      if (!(await write(closed, changes, asRead(closed)))) return "conflict";
      if (closed.outcome === "user-gone") await letKnownExpire(documents, TableName, closed);
      return "closed";
    },

    async updateClosed(closed) {
      const next = { ...closed, version: closed.version + 1 };
      if (await write(closed, { set: closedAttributes(next) }, asRead(closed))) return "updated";
      const written = await unlessConditionFails(
        documents.send(
          new PutCommand({
            TableName,
            Item: historyItem(next),
            ConditionExpression: "#version = :read",
            ExpressionAttributeNames: { "#version": "version" },
            ExpressionAttributeValues: { ":read": closed.version },
          }),
        ),
      );
      return written ? "updated" : "conflict";
    },

    async findInHistory(user, instant) {
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
    },

    async noteLook(user, look, { seen, lastClosed }) {
      const isNew = seen?.known !== true || lastClosed?.outcome === "user-gone";
      if (look.known && isNew) await rememberKnown(user);
      await write(user, lookChanges(look));
    },

    async forget(user) {
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
    },

    async *dueUntil(userPoolId, instant, first = "longest") {
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await documents.send(
          new QueryCommand({
            TableName,
            IndexName: "due",
            KeyConditionExpression: "openIn = :pool AND dueAt <= :instant",
            ExpressionAttributeValues: { ":pool": userPoolId, ":instant": instant.toISOString() },
            ScanIndexForward: first === "longest",
            ExclusiveStartKey,
          }),
        );
        for (const item of page.Items ?? []) yield overdueRefFrom(item) ?? "unreadable";
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
    },
  };
  return store;
};

interface Condition {
  expression: string;
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

/** `#version` is a name that the update uses too. */
const asRead = ({ windowId, version }: Pick<Window, "windowId" | "version">): Condition => ({
  expression: "#windowId = :windowId AND #version = :read",
  names: { "#windowId": "windowId", "#version": "version" },
  values: { ":windowId": windowId, ":read": version },
});

/** A user who is gone needs not be known longer than their last window. */
const letKnownExpire = async (
  documents: DynamoDBDocumentClient,
  TableName: string,
  closed: ClosedWindow,
): Promise<void> => {
  const expiresAt = Math.floor(plus(closed.closedAt, retention).getTime() / 1000);
  await unlessConditionFails(
    documents.send(
      new UpdateCommand({
        TableName,
        Key: { user: partition(closed), item: knownKey },
        ConditionExpression: "attribute_exists(#known)",
        UpdateExpression: "SET expiresAt = :expiresAt",
        ExpressionAttributeNames: { "#known": "known" },
        ExpressionAttributeValues: { ":expiresAt": expiresAt },
      }),
    ),
  );
};
