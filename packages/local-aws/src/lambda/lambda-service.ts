import * as v from "valibot";
import {
  AwsError,
  operation,
  parseObject,
  requireOperation,
  type Service,
  type WireRequest,
  type WireResponse,
} from "../service.ts";
import type { AsynchronousInvocation } from "./asynchronous-invocation.ts";
import { functionOperations } from "./function-operations.ts";
import type { LambdaRuntime } from "./lambda-runtime.ts";

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/(invocations|policy|configuration)$/;
const OPERATIONS: Record<string, string> = {
  "POST invocations": "Invoke",
  "POST policy": "AddPermission",
  "GET policy": "GetPolicy",
  "GET configuration": "GetFunctionConfiguration",
};

const InvokeInput = v.strictObject({
  FunctionName: v.string(),
  InvocationType: v.picklist(["RequestResponse", "Event", "DryRun"]),
  Payload: v.string(),
});

/** Invoke and the operations that read a function: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export const lambdaService = (lambda: LambdaRuntime, asynchronous: AsynchronousInvocation): Service => {
  const invoke = operation(
    InvokeInput,
    (message) => new AwsError("InvalidParameterValueException", message),
    async (input): Promise<WireResponse> => {
      const fn = lambda.find(input.FunctionName);
      const event = parsePayload(input.Payload, input.InvocationType === "Event" ? 1024 ** 2 : 6 * 1024 ** 2);
      if (input.InvocationType === "DryRun") return answer(204, "");
      if (input.InvocationType === "Event") {
        asynchronous.accept(fn.name, event);
        return answer(202, "");
      }
      const outcome = await lambda.invoke(fn.name, event);
      if (outcome.error === undefined) return answer(200, JSON.stringify(outcome.payload));
      return answer(200, JSON.stringify(outcome.error), { "x-amz-function-error": "Unhandled" });
    },
  );
  const functions = functionOperations(lambda);
  return {
    name: "Lambda",
    signingName: "lambda",
    operations: Object.values(OPERATIONS),
    throttling: { code: "TooManyRequestsException", message: "Rate exceeded", status: 429 },
    route(request) {
      const url = new URL(request.path, "http://local");
      if (!url.pathname.startsWith("/2015-03-31/")) return undefined;
      const [, name = "", part = ""] = PATH.exec(url.pathname) ?? [];
      const operation = OPERATIONS[`${request.method} ${part}`];
      if (operation === undefined) return { operation: `${request.method} ${url.pathname}`, input: {} };
      const input = { ...Object.fromEntries(url.searchParams), FunctionName: decodeURIComponent(name) };
      if (operation === "Invoke") return { operation, input: { ...input, ...invocationOf(request) } };
      return { operation, input: { ...parseObject(request.body), ...input } };
    },
    async perform(call, request) {
      if (call.operation === "Invoke") return (await invoke.perform(call.input, call.caller)) as WireResponse;
      const known = requireOperation(functions, call, request);
      return answer(200, JSON.stringify(await known.perform(call.input, call.caller)));
    },
    refuse: (error) => ({
      status: error.status,
      headers: { "content-type": "application/json", "x-amzn-errortype": error.code },
      body: JSON.stringify({ Type: error.status < 500 ? "User" : "Service", Message: error.message }),
    }),
  };
};

const invocationOf = ({ headers, body }: WireRequest): Record<string, unknown> => ({
  InvocationType: headers["x-amz-invocation-type"] ?? "RequestResponse",
  Payload: body,
  ...((headers["x-amz-log-type"] ?? "None") !== "None" && { LogType: headers["x-amz-log-type"] }),
  ...(headers["x-amz-client-context"] !== undefined && { ClientContext: "given" }),
});

const answer = (status: number, body: string, headers: Record<string, string> = {}): WireResponse => ({
  status,
  headers: { "content-type": "application/json", "x-amz-executed-version": "$LATEST", ...headers },
  body,
});

const parsePayload = (payload: string, maximumBytes: number): unknown => {
  if (Buffer.byteLength(payload) > maximumBytes) {
    const message = `Request must be smaller than ${maximumBytes} bytes for the InvokeFunction operation`;
    throw new AwsError("RequestTooLargeException", message, 413);
  }
  try {
    return payload === "" ? {} : JSON.parse(payload);
  } catch {
    throw new AwsError(
      "InvalidRequestContentException",
      "Could not parse request body into json: Could not parse payload",
    );
  }
};
