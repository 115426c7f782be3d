import dynalite from "dynalite";
import { IncomingMessage, type RequestListener, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import {
  AwsError,
  type Call,
  jsonService,
  type Service,
  unknownOperation,
  type WireRequest,
  type WireResponse,
} from "./service.ts";

interface Validation {
  default: { types: Record<string, unknown> };
}

/**
 * DynamoDB is dynalite (https://github.com/architect/dynalite), without a port of its own. It has no TTL: items stay
 * forever, and UpdateTimeToLive is refused as unknown. Its times are the system's, not the local clock's.
 */
export const dynamoDbService = (): Service => {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const [listener] = server.listeners("request") as RequestListener[];
  if (listener === undefined) throw new Error("dynalite has no request listener.");
  return {
    ...jsonService({
      name: "DynamoDB",
      targetPrefix: "DynamoDB_20120810",
      contentType: "application/x-amz-json-1.0",
      throttling: {
        code: "ProvisionedThroughputExceededException",
        message: "The level of configured provisioned throughput for the table was exceeded.",
        status: 400,
      },
      operations: {},
    }),
    operations: dynaliteOperations,
    async perform(call, request) {
      if (!dynaliteOperations.includes(call.operation)) throw unknownOperation(call, request);
      await refuseUnknownMembers(call);
      const response = await ask(listener, request);
      if (CHANGES_TABLES.has(call.operation)) await tableAtRest(listener, request, call.input["TableName"]);
      return response;
    },
  };
};

/** dynalite itself ignores members that it does not know, such as ReturnValuesOnConditionCheckFailure. */
const refuseUnknownMembers = async ({ operation, input }: Call): Promise<void> => {
  const members = await knownMembers(operation);
  const unknown = Object.keys(input).find((member) => members !== undefined && !members.has(member));
  if (unknown !== undefined)
    throw new AwsError("UnsupportedByLocalStack", `The local stack does not know the member ${unknown}.`, 501);
};

/** The operations in dynalite's folder `validations`, one file each. */
const dynaliteOperations = [
  ...["BatchGetItem", "BatchWriteItem", "CreateTable", "DeleteItem", "DeleteTable", "DescribeTable"],
  ...["DescribeTimeToLive", "GetItem", "ListTables", "ListTagsOfResource", "PutItem", "Query", "Scan"],
  ...["TagResource", "UntagResource", "UpdateItem", "UpdateTable"],
];

const known = new Map<string, Promise<Set<string> | undefined>>();

const knownMembers = (operation: string): Promise<Set<string> | undefined> => {
  const members = known.get(operation) ?? importMembers(operation);
  known.set(operation, members);
  return members;
};

const importMembers = async (operation: string): Promise<Set<string> | undefined> => {
  const file = /^[A-Z][A-Za-z]+$/.exec(operation)?.[0].replace(/^./, (first) => first.toLowerCase());
  const imported = import(`dynalite/validations/${file ?? ""}.js`) as Promise<Validation>;
  const validation = await imported.catch(() => undefined);
  return validation && new Set(Object.keys(validation.default.types));
};

const CHANGES_TABLES = new Set(["CreateTable", "DeleteTable", "UpdateTable"]);

/** Waits for a change of a table. dynalite finishes it shortly after its answer, in real time. */
const tableAtRest = async (listener: RequestListener, request: WireRequest, tableName: unknown): Promise<void> => {
  const headers = { ...request.headers, "x-amz-target": "DynamoDB_20120810.DescribeTable" };
  for (;;) {
    const { body } = await ask(listener, { ...request, headers, body: JSON.stringify({ TableName: tableName }) });
    if (!/"TableStatus":"(CREATING|UPDATING|DELETING)"/.test(body)) return;
    await setImmediate();
  }
};

/** Passes a request to the listener without a connection, and returns the response. */
const ask = (listener: RequestListener, request: WireRequest): Promise<WireResponse> =>
  new Promise((resolve) => {
    const incoming = new IncomingMessage(new Socket());
    Object.assign(incoming, { method: request.method, url: request.path, headers: request.headers });
    incoming.push(request.body);
    incoming.push(null);
    const outgoing = new ServerResponse(incoming);
    const answer = (body?: unknown): ServerResponse => {
      const headers = Object.entries(outgoing.getHeaders()).map(([name, value]) => [name, String(value)]);
      resolve({
        status: outgoing.statusCode,
        headers: Object.fromEntries(headers) as Record<string, string>,
        body: typeof body === "string" ? body : "",
      });
      return outgoing;
    };
    outgoing.end = answer;
    listener(incoming, outgoing);
  });
