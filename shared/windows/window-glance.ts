import * as v from "valibot";
import { instant } from "../../events/instant.ts";
import type { Call } from "../light-aws/json-client.ts";
import type { UserKey } from "../users/user-key.ts";
import type { Seen } from "./seen.ts";
import { partition } from "./user-partition.ts";

/**
 * What a trigger must know about a user who signs in: whether a window is open, when the service last looked, and
 * whether it watches the user.
 */
export type WindowGlance = (
  user: UserKey,
) => Promise<{ open: boolean; seen?: Pick<Seen, "checkedAt" | "watchedUntil"> | undefined }>;

const answer = v.object({
  Item: v.optional(
    v.object({
      openIn: v.optional(v.object({ S: v.string() })),
      checkedAt: v.optional(v.object({ S: instant })),
      watchedUntil: v.optional(v.object({ S: instant })),
    }),
  ),
});

/**
 * Reads the user's row without its window, eventually consistent, because it runs at every sign-in of the pool.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
 */
export const dynamoWindowGlance =
  (dynamo: Call, TableName: string): WindowGlance =>
  async (user) => {
    const { Item } = v.parse(
      answer,
      await dynamo("GetItem", {
        TableName,
        Key: { user: { S: partition(user) }, item: { S: "now" } },
        ProjectionExpression: "openIn, checkedAt, watchedUntil",
      }),
    );
    if (Item === undefined) return { open: false };
    return {
      open: Item.openIn !== undefined,
      seen: { checkedAt: Item.checkedAt?.S, watchedUntil: Item.watchedUntil?.S },
    };
  };
