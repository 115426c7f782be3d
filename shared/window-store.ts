import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { partition } from "./user-partition.ts";
import { lookUpdate } from "./look-update.ts";
import type { Look, Seen } from "./seen.ts";
import { closedItem, type OverdueRef, overdueRefFrom, openItem, readItems } from "./window-items.ts";
import type { ClosedWindow, UserKey, Window } from "./window.ts";

/** All that the table knows of a user that matters for what happens next. */
export interface UserWindows {
  open?: Window;
  seen?: Seen;
  /** The closed window that was opened last. */
  lastClosed?: ClosedWindow;
}

/** The WINDOWS table: the truth about every window. Every write of a window is a conditional write of one item. */
export interface WindowStore {
  find(user: UserKey): Promise<UserWindows>;
  /** `exists`: the user has an open window already, and nothing was written. */
  open(window: Window): Promise<"opened" | "exists">;
  /** Writes over the version it was read at, and gives back the next one; `conflict`: somebody was quicker. */
  update(window: Window): Promise<Window | "conflict">;
  /**
   * Keeps the closed copy, then takes the open item away. `conflict`: the open item has changed since it was read, so
   * the copy lacks something; read it again and close that. Safe to repeat from anywhere.
   */
  close(closed: ClosedWindow): Promise<"closed" | "conflict">;
  /** The closed window that was opened last at `instant` or before. */
  closedAround(user: UserKey, instant: Date): Promise<ClosedWindow | undefined>;
  /** Writes the facts and counts of a closed window over the version it was read at. */
  noteOnClosed(closed: ClosedWindow): Promise<"noted" | "conflict">;
  /** Writes what a look at the user found over what the looks before it found. What they knew stays known. */
  noteLook(user: UserKey, look: Look): Promise<void>;
  forgetSeen(user: UserKey): Promise<void>;
  /**
   * Open windows of the pool that were due at `instant` or before, the longest or the latest due first. `unreadable`: a
   * row that makes no sense, which must not hide the others.
   */
  dueUntil(userPoolId: string, instant: Date, first?: "longest" | "latest"): AsyncIterable<OverdueRef | "unreadable">;
}

export const dynamoWindowStore = (documents: DynamoDBDocumentClient, TableName: string): WindowStore => ({
  async find(user) {
    // "seen", "open" and the newest "closed#…" are the last three in the order of the sort key.
    const { Items } = await documents.send(
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
    return readItems(Items ?? []);
  },

  async open(window) {
    const written = await unlessConditionFails(
      documents.send(
        new PutCommand({
          TableName,
          Item: openItem(window),
          ConditionExpression: "attribute_not_exists(#user)",
          ExpressionAttributeNames: { "#user": "user" },
        }),
      ),
    );
    return written ? "opened" : "exists";
  },

  async update(window) {
    const next = { ...window, version: window.version + 1 };
    const written = await unlessConditionFails(
      documents.send(new PutCommand({ TableName, Item: openItem(next), ...asRead(window) })),
    );
    return written ? next : "conflict";
  },

  async close(closed) {
    const item = closedItem(closed);
    const kept = await unlessConditionFails(
      documents.send(new PutCommand({ TableName, Item: item, ...overOlderCopy(closed) })),
    );
    if (!kept) {
      await unlessConditionFails(documents.send(new UpdateCommand({ TableName, ...factsOf(closed) })));
      if (closed.outcome === "re-enabled") {
        await unlessConditionFails(documents.send(new UpdateCommand({ TableName, ...evidenceOf(closed) })));
      }
    }
    const removed = await unlessConditionFails(
      documents.send(new DeleteCommand({ TableName, Key: { user: item.user, item: "open" }, ...asRead(closed) })),
    );
    return removed ? "closed" : "conflict";
  },

  async closedAround(user, instant) {
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
    return readItems(Items ?? []).lastClosed;
  },

  async noteOnClosed(closed) {
    const next = { ...closed, version: closed.version + 1 };
    const written = await unlessConditionFails(documents.send(new UpdateCommand({ TableName, ...factsOf(next) })));
    return written ? "noted" : "conflict";
  },

  async noteLook(user, look) {
    await documents.send(
      new UpdateCommand({ TableName, Key: { user: partition(user), item: "seen" }, ...lookUpdate(look) }),
    );
  },

  async forgetSeen(user) {
    await documents.send(new DeleteCommand({ TableName, Key: { user: partition(user), item: "seen" } }));
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
});

/**
 * A close that died half-way left its copy, with the evidence of the re-enable; one that only finds Email MFA on, or the
 * user gone, has nothing truer to say, and adds just what came since. A copy of the same version stays, but for its evidence
 * (`evidenceOf`). One from before Email MFA was last switched off says nothing of how the window ended.
 */
const overOlderCopy = (closed: ClosedWindow) => {
  const isNewer = "#version < :version";
  const clauses = ["attribute_not_exists(#user)"];
  if (closed.outcome === "already-enabled") clauses.push(`(${isNewer} AND outcome = :found)`);
  else if (closed.outcome !== "user-gone") clauses.push(isNewer);
  if (closed.switchingOffVersion !== undefined) {
    clauses.push(`(${isNewer} AND (attribute_not_exists(switchingOffVersion) OR switchingOffVersion < :mark))`);
  }
  const ConditionExpression = clauses.join(" OR ");
  const used = <Value>(placeholders: Record<string, Value>): Record<string, Value> | undefined => {
    const entries = Object.entries(placeholders).filter(([name]) => ConditionExpression.includes(name));
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  };
  return {
    ConditionExpression,
    ExpressionAttributeNames: used({ "#user": "user", "#version": "version" }),
    ExpressionAttributeValues: used({
      ":version": closed.version,
      ":found": "already-enabled",
      ":mark": closed.switchingOffVersion,
    }),
  };
};

/**
 * How the window ended, over a copy of the same version by one who found Email MFA on already: both closed it at once, and
 * this one knows why it was on. The window stays closed when it was.
 */
const evidenceOf = (closed: ClosedWindow) => {
  const { user, item, outcome, evidence } = closedItem(closed);
  return {
    Key: { user, item },
    UpdateExpression: "SET outcome = :outcome, evidence = :evidence",
    ConditionExpression: "#version = :version AND outcome = :found",
    ExpressionAttributeNames: { "#version": "version" },
    ExpressionAttributeValues: {
      ":outcome": outcome,
      ":evidence": evidence,
      ":version": closed.version,
      ":found": "already-enabled",
    },
  };
};

/** What came to a closed window since its copy was kept, written over that. */
const factsOf = (closed: ClosedWindow) => {
  const { user, item, facts, counts, times, changes, closeAsked } = closedItem(closed);
  return {
    Key: { user, item },
    UpdateExpression: `SET #facts = :facts, #counts = :counts, #times = :times, #changes = :changes, #version = :version${closeAsked === undefined ? "" : ", #closeAsked = :closeAsked"}`,
    ConditionExpression: "#version < :version",
    ExpressionAttributeNames: {
      "#facts": "facts",
      "#counts": "counts",
      "#times": "times",
      "#changes": "changes",
      "#version": "version",
      ...(closeAsked === undefined ? {} : { "#closeAsked": "closeAsked" }),
    },
    ExpressionAttributeValues: {
      ":facts": facts,
      ":counts": counts,
      ":times": times,
      ":changes": changes,
      ":version": closed.version,
      ...(closeAsked === undefined ? {} : { ":closeAsked": closeAsked }),
    },
  };
};

const asRead = (window: Window) => ({
  ConditionExpression: "windowId = :windowId AND #version = :version",
  ExpressionAttributeNames: { "#version": "version" },
  ExpressionAttributeValues: { ":windowId": window.windowId, ":version": window.version },
});

const unlessConditionFails = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};
