import * as v from "valibot";
import type { WireRequest, WireResponse } from "@cognito-mfa-lifecycle/local-aws/service.ts";

export interface Read {
  queries: number;
  items: number;
  bytes: number;
}

const itemOf = (due: Date, index: number) => {
  const id = String(index).padStart(12, "0");
  return {
    userPoolId: { S: "us-east-1_Example00" },
    sub: { S: `00000000-0000-4000-8000-${id}` },
    windowId: { S: `00000000-0000-4000-9000-${id}` },
    openIn: { S: "us-east-1_Example00" },
    user: { S: `us-east-1_Example00#00000000-0000-4000-8000-${id}` },
    item: { S: "now" },
    dueAt: { S: due.toISOString() },
    attempts: { N: "0" },
  };
};
const itemBytes = Object.entries(itemOf(new Date(0), 0)).reduce(
  (bytes, [name, value]) => bytes + name.length + Object.values(value).join("").length,
  0,
);

const key = (item: ReturnType<typeof itemOf>) => ({
  openIn: item.openIn,
  dueAt: item.dueAt,
  user: item.user,
  item: item.item,
});

const input = v.looseObject({
  ExpressionAttributeValues: v.optional(v.record(v.string(), v.looseObject({ S: v.string() }))),
  ExclusiveStartKey: v.optional(v.object({ user: v.object({ S: v.string() }) })),
  Limit: v.optional(v.number()),
  Select: v.optional(v.string()),
});

/** The reconciler's ledgers from an earlier run. */
const ledger = (partition: string) => {
  const entry = partition.startsWith("pools#")
    ? { item: { S: "us-east-1_Example00" }, since: { S: new Date(0).toISOString() }, lookedThrough: { BOOL: true } }
    : {
        item: { S: "state" },
        countedDueBefore: { S: new Date(0).toISOString() },
        overdue: { N: "0" },
        deadLetters: { M: {} },
      };
  return { Items: [{ user: { S: partition }, ...entry }], Count: 1 };
};

/**
 * An index `due` for windows with these due times, in this order. It counts reads in `read`, as DynamoDB does: only
 * items whose keys meet the condition, in pages of at most 1 MB.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.html
 */
export const countingDueIndex = (dueAt: Date[], read: Read) => {
  const query = (body: string) => {
    const { ExpressionAttributeValues: values, ExclusiveStartKey, Limit, Select } = v.parse(input, JSON.parse(body));
    const partition = values?.[":user"]?.S;
    if (partition !== undefined) return ledger(partition);
    const until = new Date(values?.[":until"]?.S ?? 8.64e15);
    const from = new Date(values?.[":from"]?.S ?? 0);
    const first = dueAt.findIndex((due) => due >= from);
    const after = ExclusiveStartKey && Number(ExclusiveStartKey.user.S.slice(-12)) + 1;
    const begin = after ?? (first < 0 ? dueAt.length : first);
    const end = begin + Math.min(Limit ?? Infinity, Math.floor(1024 ** 2 / itemBytes));
    const Items: ReturnType<typeof itemOf>[] = [];
    for (const [index, due] of dueAt.slice(begin, end).entries()) {
      if (due > until) break;
      Items.push(itemOf(due, begin + index));
    }
    read.queries += 1;
    read.items += Items.length;
    read.bytes += Items.length * itemBytes;
    const last = Items.at(-1);
    return {
      Count: Items.length,
      ...(Select !== "COUNT" && { Items }),
      ...(last !== undefined && begin + Items.length === end && { LastEvaluatedKey: key(last) }),
    };
  };
  return async ({ headers, body }: WireRequest): Promise<WireResponse> => {
    const isQuery = headers["x-amz-target"] === "DynamoDB_20120810.Query";
    const output = isQuery ? query(body) : { Attributes: {}, Successful: [], Failed: [] };
    return { status: 200, headers: { "content-type": "application/x-amz-json-1.0" }, body: JSON.stringify(output) };
  };
};
