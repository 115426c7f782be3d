import { CreateTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { names } from "./service-names.ts";

/** The same table as in infra/windows-table.yml. A test compares them. */
export const windowsTable = {
  AttributeDefinitions: [
    { AttributeName: "user", AttributeType: "S" },
    { AttributeName: "item", AttributeType: "S" },
    { AttributeName: "openIn", AttributeType: "S" },
    { AttributeName: "dueAt", AttributeType: "S" },
  ],
  KeySchema: [
    { AttributeName: "user", KeyType: "HASH" },
    { AttributeName: "item", KeyType: "RANGE" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "due",
      KeySchema: [
        { AttributeName: "openIn", KeyType: "HASH" },
        { AttributeName: "dueAt", KeyType: "RANGE" },
      ],
      Projection: {
        ProjectionType: "INCLUDE",
        NonKeyAttributes: ["userPoolId", "sub", "windowId", "attempts", "nextTryAt"],
      },
    },
  ],
} satisfies Partial<CreateTableCommand["input"]>;

export const createWindowsTable = async (dynamo: DynamoDBClient): Promise<void> => {
  await dynamo.send(
    new CreateTableCommand({ TableName: names.windowsTable, BillingMode: "PAY_PER_REQUEST", ...windowsTable }),
  );
};
