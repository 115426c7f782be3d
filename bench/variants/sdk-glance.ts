import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { instant } from "../../events/instant.ts";
import { partition } from "../../shared/windows/user-partition.ts";
import type { WindowGlance } from "../../shared/windows/window-glance.ts";
import { limits } from "./sdk-limits.ts";

const row = v.object({ openIn: v.optional(v.string()), checkedAt: v.optional(instant) });

export const sdkGlance = (): WindowGlance => {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ ...limits, maxAttempts: 1 }));
  return async (user) => {
    const { Item } = await documents.send(
      new GetCommand({
        TableName: process.env["WINDOWS_TABLE"],
        Key: { user: partition(user), item: "now" },
        ProjectionExpression: "openIn, checkedAt",
      }),
    );
    const { openIn, checkedAt } = v.parse(row, Item ?? {});
    return { open: openIn !== undefined, seen: checkedAt && { checkedAt } };
  };
};
