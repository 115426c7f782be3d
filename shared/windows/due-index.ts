import { type DynamoDBDocumentClient, QueryCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { type OverdueRef, overdueRefFrom } from "./window-items.ts";

/** The place of a row in the index. A later read continues after it, even if the row itself has gone. */
export const dueKey = v.object({ openIn: v.string(), dueAt: v.string(), user: v.string(), item: v.string() });
export type DueKey = v.InferOutput<typeof dueKey>;

/** A row of the index. `unreadable`: it makes no sense as a window, and must not hide the others. */
export interface DueRow {
  key: DueKey;
  window: OverdueRef | "unreadable";
}

/** Selects the windows due from `from` to `until`, both included. A missing bound leaves that side open. */
interface DueRange {
  from?: Date | undefined;
  until?: Date | undefined;
}

/** `atLeast`: the count stopped before the end, so there may be more. */
export interface Count {
  count: number;
  atLeast: boolean;
}

/**
 * The index `due` of the WINDOWS table: only open windows, by pool and due time. Each read is eventually consistent,
 * and its cost is bounded for any size of the table. All errors of the SDK pass through.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
 */
export interface DueIndex {
  /**
   * Counts rows, readable or not, up to `atMost`. Continues to another page only while `mayGoOn`. Transfers no rows.
   */
  count(userPoolId: string, range: DueRange, atMost: number, mayGoOn: () => boolean): Promise<Count>;
  /**
   * Returns at most `atMost` rows in the order of their due times, after the row `after`. `next` is absent at the end.
   */
  rows(
    userPoolId: string,
    range: DueRange,
    atMost: number,
    after?: DueKey,
  ): Promise<{ rows: DueRow[]; next?: DueKey | undefined }>;
  /** Returns the pools that have open windows in one page of the whole index. `next` is absent at the end. */
  pools(after?: DueKey): Promise<{ pools: string[]; next?: DueKey | undefined }>;
}

const optionalKey = v.optional(dueKey);

/** Returns the condition on the keys. DynamoDB takes only one on the sort key, so two bounds become a BETWEEN. */
const within = (userPoolId: string, { from, until }: DueRange) => {
  const onDueAt =
    from !== undefined && until !== undefined
      ? " AND dueAt BETWEEN :from AND :until"
      : from !== undefined
        ? " AND dueAt >= :from"
        : until !== undefined
          ? " AND dueAt <= :until"
          : "";
  return {
    IndexName: "due",
    KeyConditionExpression: `openIn = :pool${onDueAt}`,
    ExpressionAttributeValues: {
      ":pool": userPoolId,
      ...(from !== undefined && { ":from": from.toISOString() }),
      ...(until !== undefined && { ":until": until.toISOString() }),
    },
  };
};

export const dynamoDueIndex = (documents: DynamoDBDocumentClient, TableName: string): DueIndex => ({
  async count(userPoolId, range, atMost, mayGoOn) {
    let count = 0;
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await documents.send(
        new QueryCommand({
          TableName,
          ...within(userPoolId, range),
          Select: "COUNT",
          Limit: atMost - count,
          ExclusiveStartKey,
        }),
      );
      count += page.Count ?? 0;
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined && count < atMost && mayGoOn());
    return { count, atLeast: ExclusiveStartKey !== undefined };
  },

  async rows(userPoolId, range, atMost, after) {
    const page = await documents.send(
      new QueryCommand({ TableName, ...within(userPoolId, range), Limit: atMost, ExclusiveStartKey: after }),
    );
    return {
      rows: (page.Items ?? []).map((item) => ({
        key: v.parse(dueKey, item),
        window: overdueRefFrom(item) ?? "unreadable",
      })),
      next: v.parse(optionalKey, page.LastEvaluatedKey),
    };
  },

  async pools(after) {
    const page = await documents.send(
      new ScanCommand({ TableName, IndexName: "due", ProjectionExpression: "openIn", ExclusiveStartKey: after }),
    );
    const pools = (page.Items ?? []).map((item) => v.parse(openIn, item).openIn);
    return { pools: [...new Set(pools)], next: v.parse(optionalKey, page.LastEvaluatedKey) };
  },
});

const openIn = v.pick(dueKey, ["openIn"]);
