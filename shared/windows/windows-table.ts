import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { UserKey } from "../users/user-key.ts";
import { partition } from "./user-partition.ts";

/** The WINDOWS table, as the commands of the document client name it. */
export interface WindowsTable {
  documents: DynamoDBDocumentClient;
  TableName: string;
}

/** The key of an item of the user. */
export const keyOf = (user: UserKey, item: string) => ({ user: partition(user), item });
