import { AwsError, type Operation, type Service, requireOperation, type WireResponse } from "./service.ts";
import { escapeXml } from "./xml.ts";

/**
 * Makes a service with AWS's query protocol: the request is a form with `Action` and `Version`, the response XML.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export const queryService = (options: {
  name: string;
  /** The API's version. It identifies the service. */
  version: string;
  namespace: string;
  throttling: Service["throttling"];
  operations: Record<string, Operation>;
}): Service => ({
  name: options.name,
  signingName: options.name,
  operations: Object.keys(options.operations),
  throttling: options.throttling,
  route(request) {
    if (!(request.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded")) return undefined;
    const form = new URLSearchParams(request.body);
    if (form.get("Version") !== options.version) return undefined;
    const operation = form.get("Action") ?? "";
    form.delete("Action");
    form.delete("Version");
    return { operation, input: nest(form) };
  },
  async perform(call, request) {
    const known = requireOperation(options.operations, call, request);
    const result = await known.perform(call.input, call.caller);
    return answer(
      200,
      `<${call.operation}Response xmlns="${options.namespace}">` +
        `<${call.operation}Result>${toXml(result)}</${call.operation}Result>` +
        `<ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></${call.operation}Response>`,
    );
  },
  refuse: (error) =>
    answer(
      error.status,
      `<ErrorResponse xmlns="${options.namespace}">` +
        toXml({
          Error: { Type: error.status < 500 ? "Sender" : "Receiver", Code: error.code, Message: error.message },
          RequestId: "local",
        }) +
        "</ErrorResponse>",
    ),
});

const answer = (status: number, body: string): WireResponse => ({
  status,
  headers: { "content-type": "text/xml" },
  body,
});

type Nested = { [key: string]: Nested | string };

/** Turns `A.member.1.B=x` into `{ A: [{ B: "x" }] }`. A map becomes a list of entries with `key` and `value`. */
const nest = (form: URLSearchParams): Record<string, unknown> => {
  const root: Nested = {};
  for (const [path, value] of form) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let place = root;
    for (const key of keys) {
      const next = (place[key] ??= {});
      if (typeof next === "string")
        throw new AwsError("MalformedQueryString", `${path} contradicts another parameter.`);
      place = next;
    }
    place[last] = value;
  }
  return Object.fromEntries(Object.entries(root).map(([key, value]) => [key, withLists(value)]));
};

const withLists = (value: Nested | string): unknown => {
  if (typeof value === "string") return value;
  const list = value["member"] ?? value["entry"];
  if (list !== undefined && typeof list !== "string") {
    const indexes = Object.keys(list).sort((one, other) => Number(one) - Number(other));
    return indexes.map((index) => withLists(list[index] ?? ""));
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withLists(member)]));
};

const toXml = (value: unknown): string => {
  if (value === undefined || value === null) return "";
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Map) {
    return [...value]
      .map(([key, entry]) => `<entry>${toXml({ key: key as string, value: entry as unknown })}</entry>`)
      .join("");
  }
  if (Array.isArray(value)) return value.map((item) => `<member>${toXml(item)}</member>`).join("");
  if (typeof value === "object") {
    return Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => `<${name}>${toXml(member)}</${name}>`)
      .join("");
  }
  return escapeXml(`${value as string | number | boolean}`);
};
