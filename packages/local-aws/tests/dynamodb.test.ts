import {
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { type LocalAws, startLocalAws } from "../src/local-aws.ts";

let aws: LocalAws;
let dynamo: DynamoDBClient;
const TableName = "windows";
const key = { user: { S: "pool#sub" }, item: { S: "open" } };

beforeEach(async () => {
  aws = await startLocalAws({ start: new Date("2026-01-01T00:00:00Z") });
  dynamo = new DynamoDBClient({ ...aws.clientOptions("test"), requestHandler: aws.requestHandler, maxAttempts: 1 });
  await dynamo.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["user", "item", "due", "dueAt"].map((name) => ({
        AttributeName: name,
        AttributeType: "S",
      })),
      KeySchema: [
        { AttributeName: "user", KeyType: "HASH" },
        { AttributeName: "item", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "due",
          KeySchema: [
            { AttributeName: "due", KeyType: "HASH" },
            { AttributeName: "dueAt", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  );
});
afterEach(async () => {
  dynamo.destroy();
  await aws.stop();
});

const put = (sub: string, dueAt: string) =>
  dynamo.send(
    new PutItemCommand({
      TableName,
      Item: { user: { S: sub }, item: { S: "open" }, due: { S: "open" }, dueAt: { S: dueAt }, version: { N: "1" } },
      ConditionExpression: "attribute_not_exists(#item)",
      ExpressionAttributeNames: { "#item": "item" },
    }),
  );

it("keeps an item once, and refuses to put it on a false condition", async () => {
  await put("pool#sub", "2026-01-02");
  await expect(put("pool#sub", "2026-01-03")).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
  const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key: key, ConsistentRead: true }));
  expect(Item?.["dueAt"]).toEqual({ S: "2026-01-02" });
});

it("refuses a member that it would ignore", async () => {
  const command = new PutItemCommand({
    TableName,
    Item: key,
    ConditionExpression: "attribute_not_exists(version)",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  await expect(dynamo.send(command)).rejects.toMatchObject({ name: "UnsupportedByLocalStack" });
});

it("updates and deletes on a condition", async () => {
  await put("pool#sub", "2026-01-02");
  const update = (version: string) =>
    dynamo.send(
      new UpdateItemCommand({
        TableName,
        Key: key,
        UpdateExpression: "SET dueAt = :dueAt, version = version + :one",
        ConditionExpression: "version = :version",
        ExpressionAttributeValues: { ":dueAt": { S: "2026-01-05" }, ":one": { N: "1" }, ":version": { N: version } },
        ReturnValues: "ALL_NEW",
      }),
    );
  expect((await update("1")).Attributes?.["version"]).toEqual({ N: "2" });
  await expect(update("1")).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
  const remove = (version: string) =>
    dynamo.send(
      new DeleteItemCommand({
        TableName,
        Key: key,
        ConditionExpression: "version = :version",
        ExpressionAttributeValues: { ":version": { N: version } },
      }),
    );
  await expect(remove("1")).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
  await remove("2");
  expect((await dynamo.send(new GetItemCommand({ TableName, Key: key }))).Item).toBeUndefined();
});

it("finds items by a sparse index, in order and page by page", async () => {
  for (const day of ["05", "01", "03", "09"]) await put(`pool#${day}`, `2026-01-${day}`);
  await dynamo.send(new PutItemCommand({ TableName, Item: { user: { S: "pool#x" }, item: { S: "seen" } } }));
  const query = (start?: Record<string, { S: string }>) =>
    dynamo.send(
      new QueryCommand({
        TableName,
        IndexName: "due",
        KeyConditionExpression: "due = :open AND dueAt <= :now",
        ExpressionAttributeValues: { ":open": { S: "open" }, ":now": { S: "2026-01-06" } },
        Limit: 2,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    );
  const first = await query();
  const second = await query(first.LastEvaluatedKey as Record<string, { S: string }>);
  const days = [...(first.Items ?? []), ...(second.Items ?? [])].map((item) => item["dueAt"]?.S);
  expect(days).toEqual(["2026-01-01", "2026-01-03", "2026-01-05"]);
});

it("throttles on demand as DynamoDB does, and says that it has no TTL", async () => {
  aws.endpoint.faults = (call) => (call.operation === "GetItem" ? { kind: "throttle" } : undefined);
  await expect(dynamo.send(new GetItemCommand({ TableName, Key: key }))).rejects.toMatchObject({
    name: "ProvisionedThroughputExceededException",
  });
  const TimeToLiveSpecification = { AttributeName: "expiresAt", Enabled: true };
  await expect(dynamo.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }))).rejects.toMatchObject({
    name: "UnsupportedByLocalStack",
  });
});
