import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterEach, describe, expect, it } from "@jest/globals";
import { dynamoDbService } from "../src/dynamodb.ts";
import { type LocalAws, startLocalAws } from "../src/local-aws.ts";
import { memoryDynamoDb } from "../src/memory-dynamodb/memory-dynamodb.ts";

const TableName = "windows";
const hash = (AttributeName: string) => ({ AttributeName, KeyType: "HASH" as const });
const range = (AttributeName: string) => ({ AttributeName, KeyType: "RANGE" as const });
const table: CreateTableCommandInput = {
  TableName,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: ["user", "item", "openIn", "dueAt"].map((AttributeName) => ({
    AttributeName,
    AttributeType: "S",
  })),
  KeySchema: [hash("user"), range("item")],
  GlobalSecondaryIndexes: [
    {
      IndexName: "due",
      KeySchema: [hash("openIn"), range("dueAt")],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["windowId"] },
    },
  ],
};
const started: LocalAws[] = [];

const client = async (dynamoDb: ReturnType<typeof memoryDynamoDb> | ReturnType<typeof dynamoDbService>) => {
  const aws = await startLocalAws({ start: new Date("2026-01-01T00:00:00Z"), dynamoDb });
  started.push(aws);
  const dynamo = new DynamoDBClient({
    ...aws.clientOptions("test"),
    requestHandler: aws.requestHandler,
    maxAttempts: 1,
  });
  await dynamo.send(new CreateTableCommand(table));
  return dynamo;
};

afterEach(async () => {
  await Promise.all(started.splice(0).map((aws) => aws.stop()));
});

const item = (user: string, key: string, more: Record<string, { S: string } | { N: string }> = {}) => ({
  user: { S: user },
  item: { S: key },
  ...more,
});
const open = (user: string, dueAt: string, version = "1") =>
  item(user, "open", {
    openIn: { S: "pool" },
    dueAt: { S: dueAt },
    windowId: { S: `w-${user}` },
    version: { N: version },
  });
const asRead = {
  ConditionExpression: "windowId = :id AND #version = :version",
  ExpressionAttributeNames: { "#version": "version" },
};
const newer = {
  ConditionExpression: "attribute_not_exists(#user) OR #version < :version",
  ExpressionAttributeNames: { "#user": "user", "#version": "version" },
};
const absent = { ConditionExpression: "attribute_not_exists(#user)", ExpressionAttributeNames: { "#user": "user" } };
const ofUser = {
  KeyConditionExpression: "#user = :user",
  ExpressionAttributeNames: { "#user": "user" },
  ExpressionAttributeValues: { ":user": { S: "a" } },
};
const due = {
  IndexName: "due",
  KeyConditionExpression: "openIn = :pool AND dueAt <= :instant",
  ExpressionAttributeValues: { ":pool": { S: "pool" }, ":instant": { S: "2026-01-05" } },
};

/** Calls that the service makes to its table, and calls that must fail. Both implementations answer them. */
const probes = [
  new PutItemCommand({ TableName, Item: open("a", "2026-01-03"), ...absent }),
  new PutItemCommand({ TableName, Item: open("a", "2026-01-04"), ...absent }),
  new PutItemCommand({ TableName, Item: open("b", "2026-01-01") }),
  new PutItemCommand({ TableName, Item: open("ü", "2026-01-01") }),
  new PutItemCommand({ TableName, Item: open("c", "2026-01-09") }),
  new PutItemCommand({ TableName, Item: item("a", "seen", { checkedAt: { S: "2026-01-01" } }) }),
  new PutItemCommand({ TableName, Item: item("a", "closed#1", { version: { N: "9" } }) }),
  new PutItemCommand({ TableName, Item: item("a", "closed#2", { version: { N: "10" } }) }),
  new PutItemCommand({
    TableName,
    Item: item("a", "closed#2"),
    ...newer,
    ExpressionAttributeValues: { ":version": { N: "9" } },
  }),
  new PutItemCommand({
    TableName,
    Item: item("a", "closed#1", { version: { N: "10" } }),
    ...newer,
    ExpressionAttributeValues: { ":version": { N: "10" } },
  }),
  new PutItemCommand({
    TableName,
    Item: open("a", "2026-01-05", "2"),
    ...asRead,
    ExpressionAttributeValues: { ":id": { S: "w-a" }, ":version": { N: "1" } },
  }),
  new PutItemCommand({
    TableName,
    Item: open("a", "2026-01-06", "2"),
    ...asRead,
    ExpressionAttributeValues: { ":id": { S: "w-a" }, ":version": { N: "1" } },
  }),
  new UpdateItemCommand({
    TableName,
    Key: item("a", "closed#1"),
    UpdateExpression: "SET #facts = :facts, version = :version",
    ConditionExpression: "version < :version",
    ExpressionAttributeNames: { "#facts": "facts" },
    ExpressionAttributeValues: { ":facts": { L: [{ S: "fact" }] }, ":version": { N: "11" } },
  }),
  ...[{ BOOL: false }, { BOOL: true }].map(
    (known) =>
      new UpdateItemCommand({
        TableName,
        Key: item("a", "seen"),
        UpdateExpression: "SET known = if_not_exists(known, :known), #at = :at REMOVE checkedAt, #none",
        ExpressionAttributeNames: { "#at": "watchedUntil", "#none": "expiresAt" },
        ExpressionAttributeValues: { ":known": known, ":at": { S: "2026-01-02" } },
      }),
  ),
  ...["1", "2"].map(
    (version) =>
      new UpdateItemCommand({
        TableName,
        Key: item("row", "now"),
        UpdateExpression:
          "SET #window = :window, #version = :version, #openIn = :openIn, #dueAt = :dueAt REMOVE #nextTryAt",
        ConditionExpression: "attribute_not_exists(#version)",
        ExpressionAttributeNames: {
          "#window": "window",
          "#version": "version",
          "#openIn": "openIn",
          "#dueAt": "dueAt",
          "#nextTryAt": "nextTryAt",
        },
        ExpressionAttributeValues: {
          ":window": { M: { windowId: { S: "w" } } },
          ":version": { N: version },
          ":openIn": { S: "pool" },
          ":dueAt": { S: "2026-01-07" },
        },
      }),
  ),
  new GetItemCommand({ TableName, Key: item("row", "now"), ConsistentRead: true }),
  new GetItemCommand({ TableName, Key: item("row", "now"), ProjectionExpression: "openIn, checkedAt" }),
  new GetItemCommand({ TableName, Key: item("nobody", "now") }),
  new QueryCommand({ TableName, ...ofUser, ConsistentRead: true }),
  new QueryCommand({ TableName, ...ofUser, ScanIndexForward: false, Limit: 2 }),
  new QueryCommand({
    TableName,
    KeyConditionExpression: "#user = :user AND #item BETWEEN :open AND :seen",
    ProjectionExpression: "#item, checkedAt",
    ExpressionAttributeNames: { "#user": "user", "#item": "item" },
    ExpressionAttributeValues: { ":user": { S: "a" }, ":open": { S: "open" }, ":seen": { S: "seen" } },
  }),
  new QueryCommand({ TableName, ...due }),
  new QueryCommand({ TableName, ...due, Limit: 2 }),
  new QueryCommand({
    TableName,
    ...due,
    Limit: 1,
    ExclusiveStartKey: { ...item("b", "open"), openIn: { S: "pool" }, dueAt: { S: "2026-01-01" } },
  }),
  new QueryCommand({
    TableName,
    ...due,
    ExclusiveStartKey: { ...item("gone", "open"), openIn: { S: "pool" }, dueAt: { S: "2026-01-02" } },
  }),
  new QueryCommand({
    TableName,
    ...due,
    ExclusiveStartKey: { ...item("c", "open"), openIn: { S: "pool" }, dueAt: { S: "2026-01-09" } },
  }),
  new QueryCommand({ TableName, ...due, Select: "COUNT", Limit: 2 }),
  new QueryCommand({
    TableName,
    IndexName: "due",
    Select: "COUNT",
    KeyConditionExpression: "openIn = :pool AND dueAt BETWEEN :from AND :until",
    ExpressionAttributeValues: { ":pool": { S: "pool" }, ":from": { S: "2026-01-02" }, ":until": { S: "2026-01-09" } },
  }),
  new QueryCommand({
    TableName,
    IndexName: "due",
    KeyConditionExpression: "openIn = :pool AND dueAt >= :from",
    ExpressionAttributeValues: { ":pool": { S: "pool" }, ":from": { S: "2026-01-06" } },
  }),
  new ScanCommand({ TableName, IndexName: "due", ProjectionExpression: "openIn" }),
  new ScanCommand({
    TableName,
    IndexName: "due",
    ExclusiveStartKey: { ...item("a", "open"), openIn: { S: "pool" }, dueAt: { S: "2026-01-05" } },
  }),
  new ScanCommand({ TableName, IndexName: "none" }),
  new DeleteItemCommand({
    TableName,
    Key: item("a", "open"),
    ...asRead,
    ExpressionAttributeValues: { ":id": { S: "w-a" }, ":version": { N: "1" } },
  }),
  new DeleteItemCommand({
    TableName,
    Key: item("a", "open"),
    ...asRead,
    ExpressionAttributeValues: { ":id": { S: "w-a" }, ":version": { N: "2" } },
  }),
  new DeleteItemCommand({ TableName, Key: item("nobody", "open") }),
  new QueryCommand({ TableName, ...due }),
  new QueryCommand({ TableName, ...due, IndexName: "none" }),
  new QueryCommand({ TableName: "none", ...due }),
];

const answers = async (dynamo: DynamoDBClient): Promise<unknown[]> => {
  const all: unknown[] = [];
  for (const probe of probes) {
    // The commands have no common type that the client accepts.
    const answer = await dynamo.send(probe as PutItemCommand).then(
      (output) => ({ ...output, $metadata: undefined }),
      (error: Error) => error.name,
    );
    all.push(JSON.parse(JSON.stringify(answer)));
  }
  return all;
};

describe("the table in memory", () => {
  it("answers the service's calls as dynalite does", async () => {
    expect(await answers(await client(memoryDynamoDb()))).toEqual(await answers(await client(dynamoDbService())));
  });

  it.each([
    ["a function it does not know", { ConditionExpression: "begins_with(#user, :user)" }],
    ["an operator it does not know", { ConditionExpression: "#user IN (:user)" }],
    ["a member it does not know", { ReturnValues: "ALL_OLD" as const }],
  ])("refuses %s", async (_, changes) => {
    const dynamo = await client(memoryDynamoDb());
    const put = new PutItemCommand({
      TableName,
      Item: item("a", "open"),
      ExpressionAttributeNames: { "#user": "user" },
      ExpressionAttributeValues: { ":user": { S: "a" } },
      ...changes,
    });
    await expect(dynamo.send(put)).rejects.toThrow("does not know");
  });

  it("refuses a table whose keys are not text", async () => {
    const dynamo = await client(memoryDynamoDb());
    const create = new CreateTableCommand({
      TableName: "numbers",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "n", AttributeType: "N" }],
      KeySchema: [{ AttributeName: "n", KeyType: "HASH" }],
    });
    await expect(dynamo.send(create)).rejects.toMatchObject({ name: "ValidationException" });
  });
});
