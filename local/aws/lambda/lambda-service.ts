import * as v from "valibot";
import { AwsError, operation, type Service, unknownOperation, type WireResponse } from "../service.ts";
import type { AsynchronousInvocation } from "./asynchronous-invocation.ts";
import type { LambdaRuntime } from "./lambda-runtime.ts";

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

const InvokeInput = v.strictObject({
  FunctionName: v.string(),
  InvocationType: v.picklist(["RequestResponse", "Event", "DryRun"]),
  Payload: v.string(),
});

/** The Invoke API: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
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
  return {
    name: "Lambda",
    throttling: { code: "TooManyRequestsException", message: "Rate exceeded", status: 429 },
    route(request) {
      const url = new URL(request.path, "http://local");
      const name = request.method === "POST" ? INVOKE.exec(url.pathname)?.[1] : undefined;
      if (name === undefined) {
        if (!url.pathname.startsWith("/2015-03-31/")) return undefined;
        return { operation: `${request.method} ${url.pathname}`, input: {} };
      }
      const input: Record<string, unknown> = {
        ...Object.fromEntries(url.searchParams),
        FunctionName: decodeURIComponent(name),
        InvocationType: request.headers["x-amz-invocation-type"] ?? "RequestResponse",
        Payload: request.body,
      };
      if ((request.headers["x-amz-log-type"] ?? "None") !== "None")
        input["LogType"] = request.headers["x-amz-log-type"];
      if (request.headers["x-amz-client-context"] !== undefined) input["ClientContext"] = "given";
      return { operation: "Invoke", input };
    },
    async perform(call) {
      if (call.operation !== "Invoke") throw unknownOperation(call);
      return (await invoke.perform(call.input, call.caller)) as WireResponse;
    },
    refuse: (error) => ({
      status: error.status,
      headers: { "content-type": "application/json", "x-amzn-errortype": error.code },
      body: JSON.stringify({ Type: error.status < 500 ? "User" : "Service", Message: error.message }),
    }),
  };
};

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
