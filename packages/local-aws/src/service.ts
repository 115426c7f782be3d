import * as v from "valibot";

/** An HTTP request as a service sees it, whether it came over a socket or straight from a client in this process. */
export interface WireRequest {
  method: string;
  /** With the query string. */
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** Of the body's characters; UTF-8 unless given. */
  encoding?: "latin1";
}

/** How a call ended for its caller: `error` is the code of a refusal. */
export interface Answered {
  status: number | "hung up";
  error?: string | undefined;
}

/** One API call: which operation of which service, with what, and who made it (the access key id it was signed with). */
export interface Call {
  service: string;
  operation: string;
  input: Record<string, unknown>;
  caller: string;
}

export interface Service {
  readonly name: string;
  /** What requests to it are signed for: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
  readonly signingName: string;
  /** All that it knows. */
  readonly operations: readonly string[];
  /** What the request asks of this service; undefined when it is meant for another one. */
  route(request: WireRequest): { operation: string; input: Record<string, unknown> } | undefined;
  /** Throws AwsError for what the service refuses. */
  perform(call: Call, request: WireRequest): Promise<WireResponse>;
  /** The refusal as the service's own protocol words it. */
  refuse(error: AwsError): WireResponse;
  /** The name under which this service refuses a call that came too fast. */
  readonly throttling: { code: string; message: string; status: number };
}

/** A refusal with the code and the HTTP status of the real service. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

export interface Operation {
  perform(input: Record<string, unknown>, caller: string): unknown;
}

/**
 * An operation with the members it knows. `invalid` words a value that breaks a documented limit; a member that the
 * local stack does not know is never ignored.
 */
export const operation = <Schema extends v.GenericSchema>(
  schema: Schema,
  invalid: (message: string) => AwsError,
  perform: (input: v.InferOutput<Schema>, caller: string) => unknown,
): Operation => ({
  perform(input, caller) {
    const parsed = v.safeParse(schema, input);
    if (parsed.success) return perform(parsed.output, caller);
    const [issue] = parsed.issues;
    const path = v.getDotPath(issue) ?? "the request";
    throw issue.type === "strict_object" && issue.expected === "never"
      ? new AwsError("UnsupportedByLocalStack", `The local stack does not know the member ${path}.`, 501)
      : invalid(`Value at '${path}' failed to satisfy constraint: ${issue.message}`);
  },
});

/** A service of AWS's JSON protocol: the operation stands in the header X-Amz-Target. */
export const jsonService = (options: {
  name: string;
  /** The name in small letters unless given. */
  signingName?: string;
  targetPrefix: string;
  contentType: "application/x-amz-json-1.0" | "application/x-amz-json-1.1";
  throttling: Service["throttling"];
  operations: Record<string, Operation>;
}): Service => {
  const answer = (status: number, body: unknown, headers: Record<string, string> = {}): WireResponse => ({
    status,
    headers: { "content-type": options.contentType, ...headers },
    body: JSON.stringify(body),
  });
  return {
    name: options.name,
    signingName: options.signingName ?? options.name.toLowerCase(),
    operations: Object.keys(options.operations),
    throttling: options.throttling,
    route(request) {
      const [prefix, name] = (request.headers["x-amz-target"] ?? "").split(".");
      if (prefix !== options.targetPrefix || name === undefined) return undefined;
      return { operation: name, input: parseObject(request.body) };
    },
    async perform(call, request) {
      const known = requireOperation(options.operations, call, request);
      return answer(200, (await known.perform(call.input, call.caller)) ?? {});
    },
    refuse: (error) =>
      answer(error.status, { __type: error.code, message: error.message }, { "x-amzn-errortype": error.code }),
  };
};

/** Where all that the local AWS knows is listed. */
export const listOf = ({ headers }: WireRequest): string =>
  `${headers["host"] === undefined ? "" : `http://${headers["host"]}`}/_local/services`;

/** The refusal of an operation that the service has on AWS, or of one that nobody has. */
export const unknownOperation = (
  { service, operation }: Pick<Call, "service" | "operation">,
  request: WireRequest,
): AwsError =>
  new AwsError(
    "UnsupportedByLocalStack",
    `The local stack does not know ${service} ${operation}. What it knows: ${listOf(request)}`,
    501,
  );

/** The operation of this name. Throws the refusal of one that is not there. */
export const requireOperation = (
  operations: Record<string, Operation>,
  call: Pick<Call, "service" | "operation">,
  request: WireRequest,
): Operation => {
  const known = Object.hasOwn(operations, call.operation) ? operations[call.operation] : undefined;
  if (known === undefined) throw unknownOperation(call, request);
  return known;
};

export const parseObject = (body: string): Record<string, unknown> => {
  const parsed = v.safeParse(v.record(v.string(), v.unknown()), body === "" ? {} : tryJson(body));
  if (!parsed.success) throw new AwsError("SerializationException", "The request body is not a JSON object.");
  return parsed.output;
};

const tryJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
