import * as v from "valibot";

/** An HTTP request, from a socket or directly from a client in this process. */
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
  /** The encoding of `body`. Default: UTF-8. */
  encoding?: "latin1";
}

/** The result of a call for its caller. `error` is the code of a refusal. */
export interface Answered {
  status: number | "hung up";
  error?: string | undefined;
}

/** One API call. `caller` is the access key id that signed it. */
export interface Call {
  service: string;
  operation: string;
  input: Record<string, unknown>;
  caller: string;
}

export interface Service {
  readonly name: string;
  /**
   * The service name in the signature of a request:
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
   */
  readonly signingName: string;
  /** The operations that the service knows. */
  readonly operations: readonly string[];
  /** Returns the operation and input of a request, or undefined when it is for another service. */
  route(request: WireRequest): { operation: string; input: Record<string, unknown> } | undefined;
  /** Throws AwsError when the service refuses the call. */
  perform(call: Call, request: WireRequest): Promise<WireResponse>;
  /** Returns the refusal in the service's protocol. */
  refuse(error: AwsError): WireResponse;
  /** The service's throttling error. */
  readonly throttling: { code: string; message: string; status: number };
}

/** A refusal, with the error code and HTTP status of the real service. */
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
 * Makes an operation from the schema of its members. `invalid` makes the error for a value that breaks a documented
 * limit. An unknown member is always an error.
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

/** Makes a service with AWS's JSON protocol. The header X-Amz-Target contains the operation. */
export const jsonService = (options: {
  name: string;
  /** Default: the name in lower case. */
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

/** Returns the URL of the list of operations. */
export const listOf = ({ headers }: WireRequest): string =>
  `${headers["host"] === undefined ? "" : `http://${headers["host"]}`}/_local/services`;

/** Returns the refusal of an unknown operation, whether AWS has it or not. */
export const unknownOperation = (
  { service, operation }: Pick<Call, "service" | "operation">,
  request: WireRequest,
): AwsError =>
  new AwsError(
    "UnsupportedByLocalStack",
    `The local stack does not know ${service} ${operation}. What it knows: ${listOf(request)}`,
    501,
  );

/** Returns the operation with this name. Throws the refusal of an unknown one. */
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
