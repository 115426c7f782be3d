import * as v from "valibot";
import { AwsError, jsonService, operation, type Operation, type Service } from "../service.ts";
import { type Item, validation } from "./attribute.ts";
import { parseCondition, parseUpdate, type Placeholders } from "./expression.ts";
import { projected, queryTable, scanIndex } from "./query.ts";
import { type Index, Table } from "./table.ts";

export interface MemoryDynamoDb extends Service {
  /** Returns the items of a table as they are now, in no particular order. This is not an API call. */
  items(tableName: string): Iterable<Item>;
}

const names = v.optional(v.record(v.string(), v.string()));
const item = v.record(v.string(), v.record(v.string(), v.unknown()));
const placeholders = { ExpressionAttributeNames: names, ExpressionAttributeValues: v.optional(item) };
const conditional = { TableName: v.string(), ConditionExpression: v.optional(v.string()), ...placeholders };
const keySchema = v.array(v.strictObject({ AttributeName: v.string(), KeyType: v.picklist(["HASH", "RANGE"]) }));

const createTable = v.strictObject({
  TableName: v.string(),
  BillingMode: v.literal("PAY_PER_REQUEST"),
  AttributeDefinitions: v.array(v.strictObject({ AttributeName: v.string(), AttributeType: v.literal("S") })),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: v.optional(
    v.array(
      v.strictObject({
        IndexName: v.string(),
        KeySchema: keySchema,
        Projection: v.strictObject({
          ProjectionType: v.picklist(["ALL", "INCLUDE"]),
          NonKeyAttributes: v.optional(v.array(v.string())),
        }),
      }),
    ),
    [],
  ),
});

const getItem = v.strictObject({
  TableName: v.string(),
  Key: item,
  ConsistentRead: v.optional(v.boolean()),
  ProjectionExpression: v.optional(v.string()),
  ExpressionAttributeNames: names,
});

const query = v.strictObject({
  TableName: v.string(),
  IndexName: v.optional(v.string()),
  KeyConditionExpression: v.string(),
  ProjectionExpression: v.optional(v.string()),
  Select: v.optional(v.literal("COUNT")),
  ConsistentRead: v.optional(v.boolean()),
  ScanIndexForward: v.optional(v.boolean(), true),
  Limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  ExclusiveStartKey: v.optional(item),
  ...placeholders,
});

const scan = v.strictObject({
  TableName: v.string(),
  IndexName: v.string(),
  ProjectionExpression: v.optional(v.string()),
  ExclusiveStartKey: v.optional(item),
  ExpressionAttributeNames: names,
});

/**
 * The part of DynamoDB that the service uses. It is faster than dynalite and takes no turns of the event loop, so the
 * same seed repeats the same simulation. Unknown operations, members and expressions are errors. A test compares its
 * answers with dynalite's.
 */
export const memoryDynamoDb = (): MemoryDynamoDb => {
  const tables = new Map<string, Table>();
  const find = (name: string): Table => {
    const table = tables.get(name);
    if (table === undefined) throw new AwsError("ResourceNotFoundException", "Requested resource not found");
    return table;
  };
  const service = jsonService({
    name: "DynamoDB",
    targetPrefix: "DynamoDB_20120810",
    contentType: "application/x-amz-json-1.0",
    throttling: {
      code: "ProvisionedThroughputExceededException",
      message: "The level of configured provisioned throughput for the table was exceeded.",
      status: 400,
    },
    operations: operations(tables, find),
  });
  return { ...service, items: (tableName) => find(tableName).items() };
};

const operations = (tables: Map<string, Table>, find: (name: string) => Table): Record<string, Operation> => ({
  CreateTable: operation(createTable, validation, (input) => {
    const [hash, range] = keysOf(input.KeySchema);
    const indexes = input.GlobalSecondaryIndexes.map((index): Index => {
      const [indexHash, indexRange] = keysOf(index.KeySchema);
      return {
        name: index.IndexName,
        hash: indexHash,
        range: indexRange,
        attributes: index.Projection.ProjectionType === "ALL" ? undefined : (index.Projection.NonKeyAttributes ?? []),
      };
    });
    tables.set(input.TableName, new Table(hash, range, indexes));
    return { TableDescription: { TableName: input.TableName, TableStatus: "ACTIVE" } };
  }),
  GetItem: operation(getItem, validation, (input) => {
    const found = find(input.TableName).get(input.Key);
    return found === undefined ? {} : { Item: projected(found, input) };
  }),
  PutItem: operation(v.strictObject({ ...conditional, Item: item }), validation, (input) => {
    const table = find(input.TableName);
    check(input, table.get(input.Item));
    table.put(input.Item);
  }),
  DeleteItem: operation(v.strictObject({ ...conditional, Key: item }), validation, (input) => {
    const table = find(input.TableName);
    check(input, table.get(input.Key));
    table.delete(input.Key);
  }),
  UpdateItem: operation(
    v.strictObject({ ...conditional, Key: item, UpdateExpression: v.string() }),
    validation,
    (input) => {
      const table = find(input.TableName);
      const current = table.get(input.Key);
      check(input, current);
      const before = current ?? input.Key;
      const after = { ...before };
      for (const [name, value] of parseUpdate(input.UpdateExpression, input)) {
        const changed = value(before);
        if (changed === undefined) delete after[name];
        else after[name] = changed;
      }
      table.put(after);
    },
  ),
  Query: operation(query, validation, (input) => queryTable(find(input.TableName), input)),
  Scan: operation(scan, validation, (input) => scanIndex(find(input.TableName), input)),
});

const keysOf = (schema: v.InferOutput<typeof keySchema>): [string, string] => {
  const [hash, range] = ["HASH", "RANGE"].map((type) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName);
  if (hash === undefined || range === undefined) throw validation("The table in memory needs a hash and a range key.");
  return [hash, range];
};

const check = (input: Placeholders & { ConditionExpression?: string | undefined }, current: Item | undefined): void => {
  if (input.ConditionExpression === undefined) return;
  if (!parseCondition(input.ConditionExpression, input)(current)) {
    throw new AwsError("ConditionalCheckFailedException", "The conditional request failed");
  }
};
