import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { UserKey } from "../users/user-key.ts";
import { findInHistory, keepInHistory, updateInHistory } from "./history.ts";
import { forgetUser, letKnownExpire, rememberKnown } from "./known-user.ts";
import { adoptOldItems, findOldOpenWindow, readOldItems, removeOldOpenWindow } from "./old-items.ts";
import { readRow, sameVersionAs, writeRow } from "./row.ts";
import type { Look } from "./seen.ts";
import {
  closedAttributes,
  lookChanges,
  openAttributes,
  type OverdueRef,
  overdueRefFrom,
  type UserRow,
} from "./window-items.ts";
import type { ClosedWindow, Window } from "./window.ts";
import type { WindowsTable } from "./windows-table.ts";

/**
 * The WINDOWS table: one row per user, and a history of their earlier windows. One conditional write of the row changes
 * a window, over the version that the change started from. `conflict`: the row has changed since it was read, and
 * nothing was written. All other errors of the SDK pass through.
 */
export interface WindowStore {
  /** Returns the row, or the items that an earlier version of the service has left. Writes nothing. */
  find(user: UserKey): Promise<UserRow>;
  /**
   * Does the same for a caller that will change the row: first turns items of an earlier version into the row. Given
   * the id of a window that is not the row's open one, also takes in an open window that an earlier version has left
   * next to the row.
   */
  findToChange(user: UserKey, windowId?: string): Promise<UserRow>;
  /**
   * Opens the window over the row as read, which has no open one, and returns the row as written. First moves the
   * window before it into the history. `known`: whether Email MFA was ever seen on.
   */
  open(window: Window, over: UserRow, known: boolean): Promise<Window | "conflict">;
  /** Writes the open window over the version it was read at. Returns the next version. */
  update(window: Window): Promise<Window | "conflict">;
  /** Closes the window and writes what its end says about the user. `row` is as read. */
  close(closed: ClosedWindow, look: Look | undefined, row: Pick<UserRow, "seen">): Promise<"closed" | "conflict">;
  /** Writes a closed window over the version it was read at, in the row or in the history. */
  updateClosed(closed: ClosedWindow): Promise<"updated" | "conflict">;
  /** Returns the window of the history that was opened last at `instant` or before. */
  findInHistory(user: UserKey, instant: Date): Promise<ClosedWindow | undefined>;
  /** Writes the result of a look at the user. `row` is as read. What was known stays known. */
  noteLook(user: UserKey, look: Look, row: Pick<UserRow, "seen" | "lastClosed">): Promise<void>;
  /** Forgets a user who was made for a test, except for the windows, which are kept as long as those of others. */
  forget(user: UserKey): Promise<void>;
  /**
   * Returns open windows of the pool that were due at `instant` or before, the longest or the latest due first.
   * `unreadable`: a row that makes no sense, and must not hide the others.
   */
  dueUntil(userPoolId: string, instant: Date, first?: "longest" | "latest"): AsyncIterable<OverdueRef | "unreadable">;
}

export const dynamoWindowStore = (documents: DynamoDBDocumentClient, TableName: string): WindowStore => {
  const table = { documents, TableName };
  return {
    find: async (user) => (await readRow(table, user)) ?? (await readOldItems(table, user)).row,
    findToChange: (user, windowId) => findToChange(table, user, windowId),
    open: (window, over, known) => open(table, window, over, known),
    async update(window) {
      const next = { ...window, version: window.version + 1 };
      return (await writeRow(table, window, { set: openAttributes(next) }, sameVersionAs(window))) ? next : "conflict";
    },
    close: (closed, look, row) => close(table, closed, look, row),
    async updateClosed(closed) {
      const next = { ...closed, version: closed.version + 1 };
      if (await writeRow(table, closed, { set: closedAttributes(next) }, sameVersionAs(closed))) return "updated";
      return (await updateInHistory(table, next, closed.version)) ? "updated" : "conflict";
    },
    findInHistory: (user, instant) => findInHistory(table, user, instant),
    async noteLook(user, look, { seen, lastClosed }) {
      const isNew = seen?.known !== true || lastClosed?.outcome === "user-gone";
      if (look.known && isNew) await rememberKnown(table, user);
      await writeRow(table, user, lookChanges(look));
    },
    forget: (user) => forgetUser(table, user),
    dueUntil: (userPoolId, instant, first = "longest") => dueUntil(table, userPoolId, instant, first),
  };
};

const findToChange = async (table: WindowsTable, user: UserKey, windowId?: string): Promise<UserRow> => {
  const row = await readRow(table, user);
  if (row === undefined) {
    const left = await readOldItems(table, user);
    if (!left.isWorthARow) return left.row;
    await adoptOldItems(table, user, left.row);
    return findToChange(table, user, windowId);
  }
  if (windowId === undefined || row.open?.windowId === windowId) return row;
  const left = await findOldOpenWindow(table, user, windowId);
  if (left === undefined || row.open !== undefined) return row;
  if (row.lastClosed?.windowId !== windowId) {
    const opened = await open(table, left, row, row.seen?.known ?? false);
    if (opened === "conflict") return findToChange(table, user, windowId);
  }
  await removeOldOpenWindow(table, left);
  return (await readRow(table, user)) ?? { version: 0 };
};

const open = async (
  table: WindowsTable,
  window: Window,
  over: UserRow,
  known: boolean,
): Promise<Window | "conflict"> => {
  if (known && over.seen?.known !== true) await rememberKnown(table, window);
  if (over.lastClosed !== undefined) await keepInHistory(table, over.lastClosed);
  const opened = { ...window, version: over.version + 1 };
  const earlierClosedAt = (over.lastClosed?.closedAt ?? over.earlierClosedAt)?.toISOString();
  const changes = {
    set: { ...openAttributes(opened), earlierClosedAt, ...(known && { known }) },
    ...(!known && { setIfAbsent: { known } }),
  };
  const asRead =
    over.version === 0
      ? { expression: "attribute_not_exists(#version)" }
      : { expression: "#version = :read", values: { ":read": over.version } };
  return (await writeRow(table, window, changes, asRead)) ? opened : "conflict";
};

const close = async (
  table: WindowsTable,
  closed: ClosedWindow,
  look: Look | undefined,
  { seen }: Pick<UserRow, "seen">,
): Promise<"closed" | "conflict"> => {
  if (look?.known === true && seen?.known !== true) await rememberKnown(table, closed);
  const { set, ...rest } = look === undefined ? { set: {} } : lookChanges(look);
  const next = { ...closed, version: closed.version + 1 };
  const changes = { set: { ...closedAttributes(next), ...set }, ...rest };
  if (!(await writeRow(table, closed, changes, sameVersionAs(closed)))) return "conflict";
  if (closed.outcome === "user-gone") await letKnownExpire(table, closed);
  return "closed";
};

async function* dueUntil(
  { documents, TableName }: WindowsTable,
  userPoolId: string,
  instant: Date,
  first: "longest" | "latest",
): AsyncIterable<OverdueRef | "unreadable"> {
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
}
