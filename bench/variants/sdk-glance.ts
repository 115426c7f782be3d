import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { instant } from "../../events/instant.ts";
import { partition } from "../../shared/user-partition.ts";
import type { WindowGlance } from "../../shared/window-glance.ts";
import { limits } from "./sdk-limits.ts";

const item = v.object({ item: v.string(), checkedAt: v.optional(instant) });

export const sdkGlance = (): WindowGlance => {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ ...limits, maxAttempts: 1 }));
  return async (user) => {
    const { Items } = await documents.send(
      new QueryCommand({
        TableName: process.env["WINDOWS_TABLE"],
        KeyConditionExpression: "#user = :user AND #item BETWEEN :open AND :seen",
        ProjectionExpression: "#item, checkedAt",
        ExpressionAttributeNames: { "#user": "user", "#item": "item" },
        ExpressionAttributeValues: { ":user": partition(user), ":open": "open", ":seen": "seen" },
      }),
    );
    const items = v.parse(v.array(item), Items ?? []);
    const checkedAt = items.find(({ item }) => item === "seen")?.checkedAt;
    return { open: items.some(({ item }) => item === "open"), seen: checkedAt && { checkedAt } };
  };
};
