import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { instant } from "../events/instant.ts";
import { partition } from "./window-items.ts";
import type { UserKey } from "./window.ts";

/** The least that must be known of a user who signs in: whether a window is open, and when we last looked. */
export type WindowGlance = (user: UserKey) => Promise<{ open: boolean; seen?: { checkedAt: Date } | undefined }>;

const item = v.object({ item: v.string(), checkedAt: v.optional(instant) });

/** One query, eventually consistent, without what the windows hold: it runs at every sign-in of the pool. */
export const dynamoWindowGlance =
  (documents: DynamoDBDocumentClient, TableName: string): WindowGlance =>
  async (user) => {
    const { Items } = await documents.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: "#user = :user AND #item BETWEEN :open AND :seen",
        ProjectionExpression: "#item, checkedAt",
        ExpressionAttributeNames: { "#user": "user", "#item": "item" },
        ExpressionAttributeValues: { ":user": partition(user), ":open": "open", ":seen": "seen" },
      }),
    );
    const items = v.parse(v.array(item), Items ?? []);
    const seen = items.find(({ item }) => item === "seen");
    return {
      open: items.some(({ item }) => item === "open"),
      seen: seen?.checkedAt && { checkedAt: seen.checkedAt },
    };
  };
