import { compare, type Item, keyText, validation } from "./attribute.ts";
import { parseCondition, parseProjection, type Placeholders } from "./expression.ts";
import type { Index, Table } from "./table.ts";

interface Projected extends Placeholders {
  IndexName?: string | undefined;
  ProjectionExpression?: string | undefined;
}

/** Returns the attributes in the projection, or the whole item without one. */
export const projected = (item: Item, { ProjectionExpression, ...placeholders }: Projected): Item =>
  ProjectionExpression === undefined ? item : pick(item, parseProjection(ProjectionExpression, placeholders));

interface Query extends Projected {
  KeyConditionExpression: string;
  Select?: "COUNT" | undefined;
  ScanIndexForward: boolean;
  Limit?: number | undefined;
  ExclusiveStartKey?: Item | undefined;
}

/** A page ends after this many bytes of JSON, which is close to the size that AWS counts. */
const PAGE_BYTES = 1024 * 1024;

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html */
export const queryTable = (table: Table, query: Query) => {
  const index = query.IndexName === undefined ? undefined : table.index(query.IndexName);
  if (query.IndexName !== undefined && index === undefined) {
    throw validation(`The table does not have the specified index: ${query.IndexName}`);
  }
  const sorted = table.partition(partitionOf(query, index?.hash ?? table.hash), index);
  const condition = parseCondition(query.KeyConditionExpression, query);
  const project = projectionOf(query, table, index);
  if (query.ExclusiveStartKey !== undefined && !condition(query.ExclusiveStartKey)) {
    throw validation("The provided starting key is outside query boundaries based on provided conditions");
  }

  const Items: Item[] = [];
  let bytes = 0;
  let last: Item | undefined;
  for (const item of inDirection(sorted, query, table, index)) {
    if (!condition(item)) {
      // Items that match a condition on the sort key are contiguous.
      if (Items.length > 0) break;
      continue;
    }
    const projected = project(item);
    Items.push(projected);
    bytes += JSON.stringify(projected).length;
    // Once a page is full, DynamoDB does not check whether there is more.
    if (Items.length === query.Limit || bytes > PAGE_BYTES) {
      last = item;
      break;
    }
  }
  return {
    ...(query.Select === "COUNT" ? {} : { Items }),
    Count: Items.length,
    ScannedCount: Items.length,
    ...(last !== undefined && { LastEvaluatedKey: keyOf(last, table, index) }),
  };
};

/**
 * Returns one page of an index, in the order of the partition keys. AWS's order is different.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
 */
export const scanIndex = (
  table: Table,
  scan: Projected & { IndexName: string; ExclusiveStartKey?: Item | undefined },
) => {
  const index = table.index(scan.IndexName);
  if (index === undefined) throw validation(`The table does not have the specified index: ${scan.IndexName}`);
  const project = projectionOf(scan, table, index);
  const whole = projectionOf({ IndexName: scan.IndexName }, table, index);
  const start = scan.ExclusiveStartKey;
  const isBehind = (item: Item) =>
    start === undefined || (compare(item[index.hash], start[index.hash]) || table.inIndex(index, item, start)) > 0;
  const Items: Item[] = [];
  let bytes = 0;
  let last: Item | undefined;
  for (const item of table.indexed(index)) {
    if (!isBehind(item)) continue;
    Items.push(project(item));
    // Attributes outside the projection count too, because DynamoDB has read them.
    bytes += JSON.stringify(whole(item)).length;
    if (bytes > PAGE_BYTES) {
      last = item;
      break;
    }
  }
  return {
    Items,
    Count: Items.length,
    ScannedCount: Items.length,
    ...(last !== undefined && { LastEvaluatedKey: keyOf(last, table, index) }),
  };
};

/** Returns the value of the partition key in the condition, which must be its first comparison. */
const partitionOf = (query: Query, hash: string): string => {
  const [, name = "", value = ""] = /^\s*([#\w]+)\s*=\s*(:\w+)\s*(?:AND\s|$)/i.exec(query.KeyConditionExpression) ?? [];
  const attribute = query.ExpressionAttributeNames?.[name] ?? name;
  const wanted = query.ExpressionAttributeValues?.[value];
  if (attribute !== hash || wanted === undefined) {
    throw validation(`Query condition missed key schema element: ${hash}`);
  }
  return keyText({ [hash]: wanted }, hash);
};

const inDirection = (
  sorted: readonly Item[],
  { ExclusiveStartKey: start, ScanIndexForward }: Query,
  table: Table,
  index: Index | undefined,
): readonly Item[] => {
  const order = index === undefined ? { name: "", hash: table.hash, range: table.range, attributes: undefined } : index;
  const directed = ScanIndexForward ? sorted : [...sorted].reverse();
  if (start === undefined) return directed;
  const sign = ScanIndexForward ? 1 : -1;
  const from = directed.findIndex((item) => sign * table.inIndex(order, item, start) > 0);
  return from < 0 ? [] : directed.slice(from);
};

const keyOf = (item: Item, table: Table, index: Index | undefined): Item =>
  pick(item, [table.hash, table.range, ...(index === undefined ? [] : [index.hash, index.range])]);

const projectionOf = (query: Projected, table: Table, index: Index | undefined): ((item: Item) => Item) => {
  const held =
    index?.attributes === undefined
      ? undefined
      : [table.hash, table.range, index.hash, index.range, ...index.attributes];
  const asked =
    query.ProjectionExpression === undefined ? undefined : parseProjection(query.ProjectionExpression, query);
  if (held === undefined && asked === undefined) return (item) => item;
  const names = asked === undefined ? held : asked.filter((name) => held === undefined || held.includes(name));
  return (item) => pick(item, names ?? []);
};

const pick = (item: Item, names: readonly string[]): Item => {
  const picked: Item = {};
  for (const name of new Set(names)) if (item[name] !== undefined) picked[name] = item[name];
  return picked;
};
