import { ConfiguredRetryStrategy } from "@smithy/core/retry";
import { randomUUID } from "node:crypto";
import { memoryDynamoDb } from "@cognito-mfa-lifecycle/local-aws/memory-dynamodb/memory-dynamodb.ts";
import { wire } from "../../functions/reconcile/wiring.ts";
import { names } from "../../local/service-names.ts";
import { minute } from "../../shared/config/duration.ts";
import { startStack } from "./stack.ts";

/** A row of the index, in DynamoDB's format. */
export type Row = { sub: string; dueAt: string } & Partial<Record<"userPoolId" | "nextTryAt" | "attempts", string>>;

/**
 * The service with a table in memory. The reconciler runs only on request, and due messages are accepted and dropped.
 */
export const startReconcileRuns = async (parameters: Record<string, string> = {}) => {
  const table = memoryDynamoDb();
  const stack = await startStack(parameters, { dynamoDb: table });
  const { aws, telemetry, environment, calls } = stack;
  aws.lambda.register("re-enable-mfa", async () => ({ batchItemFailures: [] }), { timeoutMs: minute });
  const due = aws.sqs.findByName(names.dueQueue);
  const perform = (operation: string, input: Record<string, unknown>) =>
    table.perform(
      { service: "DynamoDB", caller: "test", operation, input: { TableName: names.windowsTable, ...input } },
      { method: "POST", path: "/", headers: {}, body: "" },
    );

  return {
    ...stack,
    due,

    /** The attributes of open windows that the index contains. */
    async put(rows: Iterable<Row>): Promise<void> {
      for (const { sub, dueAt, nextTryAt, attempts = "0", userPoolId = stack.userPoolId } of rows) {
        const Item = {
          ...{
            user: { S: `${userPoolId}#${sub}` },
            item: { S: "now" },
            openIn: { S: userPoolId },
            dueAt: { S: dueAt },
          },
          ...{ userPoolId: { S: userPoolId }, sub: { S: sub }, windowId: { S: `w-${sub}` }, attempts: { N: attempts } },
          ...(nextTryAt !== undefined && { nextTryAt: { S: nextTryAt } }),
        };
        await perform("PutItem", { Item });
      }
    },

    async remove(sub: string, userPoolId = stack.userPoolId): Promise<void> {
      await perform("DeleteItem", { Key: { user: { S: `${userPoolId}#${sub}` }, item: { S: "now" } } });
    },

    /**
     * Runs the reconciler with this many milliseconds left. Returns its metrics, nudges and calls. Throws its errors.
     */
    async run(timeLeft = minute) {
      const mark = calls.length;
      const reconcile = wire({
        environment,
        clock: aws.clock,
        newId: randomUUID,
        telemetry: telemetry.for("reconcile"),
        aws: {
          ...aws.clientOptions("reconcile"),
          requestHandler: aws.requestHandler,
          retryStrategy: new ConfiguredRetryStrategy(1, () => 0),
        },
      });
      const value = telemetry.values.length;
      const line = telemetry.lines.length;
      const failure: unknown = await reconcile(undefined, { getRemainingTimeInMillis: () => timeLeft }).then(
        () => undefined,
        (error: unknown) => error,
      );
      await aws.clock.settle();
      const ofRun = calls.slice(mark).filter(({ caller }) => caller === "reconcile");
      const measured = telemetry.values.slice(value);
      return {
        failure,
        values: measured,
        value: (metric: string) => measured.find((one) => one.metric === metric && one.dimension === undefined)?.value,
        lines: telemetry.lines.slice(line),
        calls: ofRun.map(({ service, operation }) => `${service} ${operation}`),
        nudged: ofRun
          .filter(({ operation }) => operation === "SendMessageBatch")
          .flatMap(({ input }) => input["Entries"] as { MessageBody: string }[])
          .map(({ MessageBody }) => (JSON.parse(MessageBody) as { sub: string }).sub),
      };
    },
  };
};

export type ReconcileRuns = Awaited<ReturnType<typeof startReconcileRuns>>;
