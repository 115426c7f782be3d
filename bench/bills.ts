import { readFileSync } from "node:fs";
import * as v from "valibot";
import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { isClosingWrite } from "../local/closing-write.ts";

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

/** Counts of everything that AWS bills. */
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

/** Returns the price of a million times this usage, in USD, by billed service. */
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

type AttributeValue = Record<string, unknown>;

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
const sizeOf = (value: AttributeValue): number => {
  const [[type, content] = []] = Object.entries(value);
  if (type === "S") return Buffer.byteLength(String(content));
  if (type === "N") return Math.ceil(String(content).length / 2) + 1;
  if (type === "L") return (content as AttributeValue[]).reduce((size, one) => size + 1 + sizeOf(one), 3);
  if (type === "M")
    return 3 + Object.keys(content as object).length + sizeOfAll(content as Record<string, AttributeValue>);
  return 1;
};

const sizeOfAll = (attributes: Record<string, AttributeValue>): number =>
  Object.entries(attributes).reduce((size, [name, value]) => size + Buffer.byteLength(name) + sizeOf(value), 0);

/**
 * Returns the capacity units of one life's calls to DynamoDB. A write takes one unit for each kB of the item, and
 * updates write almost the whole item. The index `due` takes one more unit when an open window appears, moves or
 * disappears. A strongly consistent read of a user's row takes one unit, an eventually consistent one half a unit.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export const tableUsage = (calls: Call[]): Usage => {
  let due: string | undefined;
  const usages = calls.map(({ operation, input }): Partial<Usage> => {
    if (operation === "GetItem") return { readUnits: input["ConsistentRead"] === true ? 1 : 0.5 };
    const members = input as Record<string, Record<string, AttributeValue> | undefined>;
    const written = { ...members["Key"], ...members["Item"], ...members["ExpressionAttributeValues"] };
    const ofItem = Math.ceil(sizeOfAll(written) / 1024);
    if (operation === "PutItem") return { writeUnits: ofItem };
    if (operation !== "UpdateItem") throw new Error(`What does ${operation} cost?`);
    if (isClosingWrite({ operation, input })) return { writeUnits: ofItem + 1 };
    if (written[":openIn"] === undefined) return { writeUnits: ofItem };
    const previous = due;
    due = String(written[":dueAt"]?.["S"]);
    if (previous === undefined) return { writeUnits: ofItem + 1 };
    return { writeUnits: previous === due ? ofItem : ofItem + 2 };
  });
  return sum(...usages);
};
