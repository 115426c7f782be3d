import { readFileSync } from "node:fs";
import * as v from "valibot";
import type { Call } from "../local/aws/service.ts";

const schema = v.looseObject({
  scheduler: v.looseObject({ perMillionInvocations: v.number() }),
  sqs: v.looseObject({ perMillionRequests: v.number() }),
  lambda: v.looseObject({ perMillionRequests: v.number(), perGbSecondArm64: v.number() }),
  dynamodb: v.looseObject({ perMillionWriteUnits: v.number(), perMillionReadUnits: v.number() }),
  logs: v.looseObject({ perGb: v.number() }),
  assumed: v.looseObject({
    triggerMs: v.number(),
    recordResetMs: v.number(),
    reEnableMs: v.number(),
    memoryGb: v.number(),
  }),
});
const prices = v.parse(schema, JSON.parse(readFileSync(new URL("prices.json", import.meta.url), "utf8")));
export const { assumed } = prices;

/** What is billed, counted. */
export interface Usage {
  schedulerInvocations: number;
  sqsRequests: number;
  lambdaRequests: number;
  gbSeconds: number;
  writeUnits: number;
  readUnits: number;
  logBytes: number;
}

export const sum = (...usages: Partial<Usage>[]): Usage => {
  const total = (what: keyof Usage) => usages.reduce((all, usage) => all + (usage[what] ?? 0), 0);
  return {
    schedulerInvocations: total("schedulerInvocations"),
    sqsRequests: total("sqsRequests"),
    lambdaRequests: total("lambdaRequests"),
    gbSeconds: total("gbSeconds"),
    writeUnits: total("writeUnits"),
    readUnits: total("readUnits"),
    logBytes: total("logBytes"),
  };
};

/** USD for a million of this, by what is billed. */
export const billMillion = (usage: Usage): Record<string, number> => ({
  Scheduler: usage.schedulerInvocations * prices.scheduler.perMillionInvocations,
  SQS: usage.sqsRequests * prices.sqs.perMillionRequests,
  Lambda:
    usage.lambdaRequests * prices.lambda.perMillionRequests + usage.gbSeconds * 1e6 * prices.lambda.perGbSecondArm64,
  DynamoDB:
    usage.writeUnits * prices.dynamodb.perMillionWriteUnits + usage.readUnits * prices.dynamodb.perMillionReadUnits,
  Logs: (usage.logBytes * 1e6 * prices.logs.perGb) / 1e9,
});

export const invocation = (milliseconds: number, memoryGb = assumed.memoryGb): Partial<Usage> => ({
  lambdaRequests: 1,
  gbSeconds: (milliseconds / 1000) * memoryGb,
});

/**
 * What one life's calls to DynamoDB take from the table. Every item of ours stays below 1 kB, which is one unit; the index
 * `due` is written along when an open item comes, goes or moves. A strongly consistent query of a user's few items is one
 * unit, an eventually consistent one half.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export const tableUsage = (calls: Call[]): Usage => {
  let due: string | undefined;
  const usages = calls.map(({ operation, input }): Partial<Usage> => {
    const { Item, Key } = input as Record<string, Record<string, { S?: string }> | undefined>;
    if (operation === "Query") return { readUnits: input["ConsistentRead"] === true ? 1 : 0.5 };
    if (operation === "DeleteItem") return { writeUnits: Key?.["item"]?.S === "open" ? 2 : 1 };
    if (operation === "UpdateItem") return { writeUnits: 1 };
    if (operation !== "PutItem") throw new Error(`What does ${operation} cost?`);
    if (Item?.["item"]?.S !== "open") return { writeUnits: 1 };
    const previous = due;
    due = Item["dueAt"]?.S;
    if (previous === undefined) return { writeUnits: 2 };
    return { writeUnits: previous === due ? 1 : 3 };
  });
  return sum(...usages);
};
