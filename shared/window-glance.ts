import * as v from "valibot";
import { instant } from "../events/instant.ts";
import type { Call } from "./aws/json-client.ts";
import { partition } from "./user-partition.ts";
import type { Seen } from "./seen.ts";
import type { UserKey } from "./window.ts";

/** The least that must be known of a user who signs in: whether a window is open, when we last looked, and whether we watch. */
export type WindowGlance = (
  user: UserKey,
) => Promise<{ open: boolean; seen?: Pick<Seen, "checkedAt" | "watchedUntil"> | undefined }>;

const answer = v.object({
  Items: v.array(
    v.object({
      item: v.object({ S: v.string() }),
      checkedAt: v.optional(v.object({ S: instant })),
      watchedUntil: v.optional(v.object({ S: instant })),
    }),
  ),
});

/**
 * One query, eventually consistent, without what the windows hold: it runs at every sign-in of the pool.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
 */
export const dynamoWindowGlance =
  (dynamo: Call, TableName: string): WindowGlance =>
  async (user) => {
    const { Items } = v.parse(
      answer,
      await dynamo("Query", {
        TableName,
        KeyConditionExpression: "#user = :user AND #item BETWEEN :open AND :seen",
        ProjectionExpression: "#item, checkedAt, watchedUntil",
        ExpressionAttributeNames: { "#user": "user", "#item": "item" },
        ExpressionAttributeValues: { ":user": { S: partition(user) }, ":open": { S: "open" }, ":seen": { S: "seen" } },
      }),
    );
    const seen = Items.find(({ item }) => item.S === "seen");
    return {
      open: Items.some(({ item }) => item.S === "open"),
      seen: seen && { checkedAt: seen.checkedAt?.S, watchedUntil: seen.watchedUntil?.S },
    };
  };
