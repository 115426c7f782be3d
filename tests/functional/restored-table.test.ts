import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, DynamoDBDocumentClient, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, expect, it } from "@jest/globals";
import { names } from "../../local/service-names.ts";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { aBatch, aRecord } from "../support/messages.ts";
import { noRow } from "../support/no-row.ts";
import { startStack, type TestStack } from "../support/stack.ts";

const TableName = names.windowsTable;
let stack: TestStack;
afterEach(() => stack.stop());

/** An exempt user, and the steps of docs/runbook.md#restore-the-table for the rows. */
const exempt = async () => {
  stack = await startStack();
  const { aws } = stack;
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(aws.clientOptions("person")));
  const user = await stack.user({ emailMfa: false });
  await aws.lambda.invoke("record-reset", aBatch(aRecord("reset-confirmed", user, aws.clock.now())));
  await aws.clock.advanceBy(minute);
  const { Items: backup = [] } = await documents.send(new ScanCommand({ TableName }));
  const copyBack = async () => {
    for (const Item of backup) {
      const missing = {
        ConditionExpression: "attribute_not_exists(#user) OR (#item = :now AND attribute_not_exists(windowId))",
        ExpressionAttributeNames: { "#user": "user", "#item": "item" },
        ExpressionAttributeValues: { ":now": "now" },
      };
      await documents.send(new PutCommand({ TableName, Item, ...missing })).catch((error: Error) => {
        if (error.name !== "ConditionalCheckFailedException") throw error;
      });
    }
  };
  const state = async () => {
    const { open } = await stack.operator.windows.find(user);
    const found = await stack.operator.users.read(user.username);
    return { open: open !== undefined, factors: found === "gone" ? found : found.factors.active };
  };
  const lookAtUser = () => stack.operator.windows.noteLook(user, { checkedAt: aws.clock.now(), known: true }, noRow);
  return { aws, documents, backup, copyBack, lookAtUser, state };
};

it("closes a window whose rows were lost and copied back", async () => {
  const { aws, documents, backup, copyBack, state } = await exempt();
  for (const row of backup) {
    const Key = { user: String(row["user"]), item: String(row["item"]) };
    await documents.send(new DeleteCommand({ TableName, Key }));
  }
  await aws.clock.advanceBy(day + hour);
  expect(await state()).toEqual({ open: false, factors: [] });
  await copyBack();
  expect(await state()).toMatchObject({ open: true });
  await aws.clock.advanceBy(10 * minute);
  expect(await state()).toEqual({ open: false, factors: ["EMAIL_OTP"] });
});

it("closes a window whose user was looked at before the row was copied back", async () => {
  const { aws, documents, backup, copyBack, lookAtUser, state } = await exempt();
  for (const row of backup) {
    const Key = { user: String(row["user"]), item: String(row["item"]) };
    await documents.send(new DeleteCommand({ TableName, Key }));
  }
  await lookAtUser();
  await copyBack();
  expect(await state()).toMatchObject({ open: true });
  await aws.clock.advanceBy(day + hour);
  expect(await state()).toEqual({ open: false, factors: ["EMAIL_OTP"] });
});

it("leaves a window closed, with its evidence, that was open in the backup", async () => {
  const { aws, copyBack, state } = await exempt();
  await aws.clock.advanceBy(day + hour);
  await copyBack();
  expect(await state()).toEqual({ open: false, factors: ["EMAIL_OTP"] });
});
