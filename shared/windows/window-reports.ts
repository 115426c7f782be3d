import { BatchGetCommand, type DynamoDBDocumentClient, QueryCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import type { UserKey } from "../users/user-key.ts";
import { openKey } from "./old-items.ts";
import { partition } from "./user-partition.ts";
import { closedFrom, openFrom, rowFrom, rowKey } from "./window-items.ts";
import { dynamoWindowStore } from "./window-store.ts";
import type { ClosedWindow, Window } from "./window.ts";

/** A page of a scan: its windows, and its cost. */
interface ScannedPage {
  windows: (Window | ClosedWindow)[];
  itemsRead: number;
  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html */
  readUnits: number;
}

/** The reads of the WINDOWS table for people; no function uses them. */
export interface WindowReports {
  /** Returns all open windows of the pool, the first due first. */
  openWindows(userPoolId: string): AsyncIterable<Window>;
  /** Returns all closed windows of the user, the one opened last first. */
  history(user: UserKey): Promise<ClosedWindow[]>;
  /**
   * Returns the windows of the pool that were open at some time from `from` up to but not including `to`, in no order,
   * page by page. Reads the whole table. A window that is just moving into the history can come twice, the same both
   * times.
   */
  openDuring(userPoolId: string, from: Date, to: Date): AsyncIterable<ScannedPage>;
}

/** The last instant with a year of four digits: it sorts after all others. */
const endOfTime = new Date("9999-12-31T23:59:59.999Z");

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const batchSize = 100;

export const dynamoWindowReports = (documents: DynamoDBDocumentClient, TableName: string): WindowReports => ({
  async *openWindows(userPoolId) {
    let users: UserKey[] = [];
    for await (const ref of dynamoWindowStore(documents, TableName).dueUntil(userPoolId, endOfTime)) {
      // The reconciler counts these as overdue, and the alarm fires.
      if (ref === "unreadable") continue;
      users.push(ref);
      if (users.length === batchSize) {
        yield* await openOf(documents, TableName, users);
        users = [];
      }
    }
    if (users.length > 0) yield* await openOf(documents, TableName, users);
  },

  history: (user) => history(documents, TableName, user),

  openDuring: (userPoolId, from, to) => openDuring(documents, TableName, userPoolId, from, to),
});

const history = async (
  documents: DynamoDBDocumentClient,
  TableName: string,
  user: UserKey,
): Promise<ClosedWindow[]> => {
  const windows: ClosedWindow[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(
      new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: "#user = :user AND begins_with(#item, :closed)",
        ExpressionAttributeNames: { "#user": "user", "#item": "item" },
        ExpressionAttributeValues: { ":user": partition(user), ":closed": "closed#" },
        ScanIndexForward: false,
        ExclusiveStartKey,
      }),
    );
    windows.push(...(page.Items ?? []).map(closedFrom));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  const { lastClosed } = await dynamoWindowStore(documents, TableName).find(user);
  if (lastClosed === undefined) return windows;
  return [lastClosed, ...windows.filter(({ windowId }) => windowId !== lastClosed.windowId)];
};

async function* openDuring(
  documents: DynamoDBDocumentClient,
  TableName: string,
  userPoolId: string,
  from: Date,
  to: Date,
): AsyncIterable<ScannedPage> {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(
      new ScanCommand({
        TableName,
        FilterExpression: `(${openBetween("")}) OR (${openBetween("#window.")})`,
        ExpressionAttributeNames: { "#window": "window" },
        ExpressionAttributeValues: {
          ":pool": userPoolId,
          ":from": from.toISOString(),
          ":to": to.toISOString(),
        },
        ReturnConsumedCapacity: "TOTAL",
        ExclusiveStartKey,
      }),
    );
    yield {
      windows: (page.Items ?? []).flatMap(windowIn),
      itemsRead: page.ScannedCount ?? 0,
      readUnits: page.ConsumedCapacity?.CapacityUnits ?? 0,
    };
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
}

/**
 * Returns the filter for windows that were open in the period: one in a row, at `#window.`, or one in the history or an
 * item of an earlier version.
 */
const openBetween = (path: string): string =>
  `userPoolId = :pool AND ${path}openedAt < :to AND (attribute_not_exists(${path}closedAt) OR ${path}closedAt >= :from)`;

const windowIn = (item: Record<string, unknown>): Window | ClosedWindow | [] => {
  if (item["item"] !== rowKey) return "closedAt" in item ? closedFrom(item) : openFrom(item);
  const { open, lastClosed } = rowFrom(item);
  return open ?? lastClosed ?? [];
};

/** Returns the open windows of these users, in their order, without those that have been closed meanwhile. */
const openOf = async (documents: DynamoDBDocumentClient, TableName: string, users: UserKey[]): Promise<Window[]> => {
  const rows = await getAll(documents, TableName, users, rowKey);
  const open = new Map(rows.map(({ user, item }) => [user, rowFrom(item).open]));
  const old = await getAll(
    documents,
    TableName,
    users.filter((user) => open.get(partition(user)) === undefined),
    openKey,
  );
  for (const { user, item } of old) open.set(user, openFrom(item));
  return users.flatMap((user) => open.get(partition(user)) ?? []);
};

const keyed = v.object({ user: v.string() });

const getAll = async (documents: DynamoDBDocumentClient, TableName: string, users: UserKey[], item: string) => {
  const found: { user: string; item: Record<string, unknown> }[] = [];
  let keys: Record<string, unknown>[] = users.map((user) => ({ user: partition(user), item }));
  while (keys.length > 0) {
    const { Responses, UnprocessedKeys } = await documents.send(
      new BatchGetCommand({ RequestItems: { [TableName]: { Keys: keys, ConsistentRead: true } } }),
    );
    for (const one of Responses?.[TableName] ?? []) found.push({ user: v.parse(keyed, one).user, item: one });
    keys = UnprocessedKeys?.[TableName]?.Keys ?? [];
  }
  return found;
};
