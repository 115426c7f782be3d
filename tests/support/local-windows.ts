import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { startLocalAws } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import { names } from "../../local/service-names.ts";
import { createWindowsTable } from "../../local/windows-table.ts";
import { parsePolicy } from "../../shared/config/policy.ts";
import { dynamoWindowStore, type WindowStore } from "../../shared/windows/window-store.ts";
import { openWindow, type Window } from "../../shared/windows/window.ts";

export const userPoolId = "eu-west-1_Example00";

/** Creates a WINDOWS table in a separate local DynamoDB. */
export const startLocalWindows = async (
  start: Date,
): Promise<{
  documents: DynamoDBDocumentClient;
  windows: WindowStore;
  requests: () => number;
  stop: () => Promise<void>;
}> => {
  const aws = await startLocalAws({ start });
  const client = new DynamoDBClient({ ...aws.clientOptions("test"), requestHandler: aws.requestHandler });
  await createWindowsTable(client);
  let sent = 0;
  client.middlewareStack.add(
    (next) => (args) => {
      sent += 1;
      return next(args);
    },
    { step: "initialize" },
  );
  const documents = DynamoDBDocumentClient.from(client);
  return {
    documents,
    windows: dynamoWindowStore(documents, names.windowsTable),
    requests: () => sent,
    stop: async () => {
      client.destroy();
      await aws.stop();
    },
  };
};

/** Returns a window that a confirmed reset opened at `openedAt`, due `gracePeriod` milliseconds later. */
export const windowOf = (sub: string, openedAt: Date, gracePeriod: number, more: Partial<Window> = {}): Window => ({
  ...openWindow({
    windowId: `window-of-${sub}`,
    user: { userPoolId, sub, username: `name-of-${sub}`, factors: { active: [] } },
    origin: "reset-confirmed",
    at: openedAt,
    gracePeriod,
    policy: parsePolicy({}),
    now: openedAt,
  }),
  ...more,
});
