import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { names } from "../local/service-names.ts";
import { plus } from "../shared/runtime/instants.ts";
import { updateExpression } from "../shared/windows/update-expression.ts";
import { partition } from "../shared/windows/user-partition.ts";
import { closedAttributes, openAttributes, rowKey } from "../shared/windows/window-items.ts";
import { closeWindow, openWindow } from "../shared/windows/window.ts";
import type { AttackStage } from "./attacks.ts";
import { forger } from "./watch.ts";
import type { World } from "./world.ts";

/** Later than any clock and any cap of the service. */
export const farAhead = new Date("9990-01-01T00:00:00.000Z");

/** The forgeries of an attacker with one of the service's roles: a trigger's, or one that can write the table. */
export const forgeries = ({
  aws,
  clock,
  stack,
  people,
  watch,
}: World): Pick<AttackStage, "forgeRecord" | "forgeRow"> => {
  const documents = DynamoDBDocumentClient.from(
    new DynamoDBClient({ ...aws.clientOptions(forger), requestHandler: aws.requestHandler }),
  );
  const TableName = names.windowsTable;
  let count = 0;
  const next = () => `forged-${++count}`;
  return {
    forgeRecord(username, claimed) {
      const user = people.find(username);
      if (user === undefined || claimed === username) return;
      const id = next();
      watch.facts.forged.add(id);
      const { userPoolId } = stack;
      const at = clock.now().toISOString();
      const record = { version: 1, id, kind: "signed-in", at, userPoolId, sub: user.sub, username: claimed };
      aws.sqs
        .findByName(names.recordsQueue)
        .send({ body: JSON.stringify(record), messageAttributes: {}, senderId: forger }, 0);
    },

    async forgeRow(username, kind) {
      const user = people.find(username);
      if (user === undefined) return;
      const key = { userPoolId: stack.userPoolId, sub: user.sub };
      if (kind === "seen") {
        await documents.send(
          new UpdateCommand({
            TableName,
            Key: { user: partition(key), item: rowKey },
            UpdateExpression: "SET checkedAt = :at",
            ExpressionAttributeValues: { ":at": farAhead.toISOString() },
          }),
        );
        return;
      }
      const now = clock.now();
      const window = openWindow({
        windowId: next(),
        user: { ...key, username, factors: { active: [] } },
        origin: "operator",
        at: now,
        gracePeriod: farAhead.getTime() - now.getTime(),
        policy: { maxWindow: farAhead.getTime() - now.getTime() },
        now,
      });
      if (watch.windows.of(user.sub).length > 0) return;
      const set =
        kind === "open"
          ? openAttributes(window)
          : closedAttributes(closeWindow({ ...window, openedAt: plus(now, 1) }, "user-gone", farAhead));
      await documents.send(
        new UpdateCommand({ TableName, Key: { user: partition(key), item: rowKey }, ...updateExpression({ set }) }),
      );
    },
  };
};
