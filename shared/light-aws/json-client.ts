import * as v from "valibot";
import type { Clock } from "../runtime/clock.ts";
import type { HttpResponse, Send } from "../runtime/http.ts";
import { lambdaCredentials } from "./credentials.ts";
import { endpointOf, type ServiceName } from "./endpoint.ts";
import { sign } from "./sigv4.ts";

/** Calls one AWS service with the name of the operation and its JSON input. Returns the JSON output. */
export type Call = (operation: string, input: object) => Promise<unknown>;

/** AWS refused the call; the error has the name and the message that AWS gave. */
export class ServiceError extends Error {
  readonly $metadata: { httpStatusCode: number; requestId: string | undefined };

  constructor(name: string, message: string, { status, headers }: HttpResponse) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode: status, requestId: headers["x-amzn-requestid"] };
  }
}

interface Options {
  environment: Record<string, string | undefined>;
  clock: Clock;
  send: Send;
  /** How many attempts a call gets. */
  maxAttempts: number;
  /** Waits before another attempt; by default up to 100 ms. */
  pause?: () => Promise<void>;
}

const targets: Record<ServiceName, string> = { sqs: "AmazonSQS", dynamodb: "DynamoDB_20120810" };

/**
 * Makes the few calls of a Cognito trigger, at a fraction of the SDK's weight. Tries again if there is no answer, a
 * throttle or a fault of the service; any other refusal is final. Throws a ServiceError, or the error of the
 * connection.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
export const jsonClient = (service: ServiceName, options: Options): Call => {
  const { environment, clock, send, maxAttempts, pause = jitteredPause } = options;
  const { url, region } = endpointOf(service, environment);
  const credentials = lambdaCredentials(environment, send, clock);
  const attempt = async (operation: string, body: string): Promise<unknown> => {
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `${targets[service]}.${operation}`,
    };
    const request = { method: "POST" as const, url, headers, body };
    const response = await send(sign(request, await credentials(), { service, region }, clock.now()));
    if (response.status !== 200) throw errorFrom(response);
    return JSON.parse(response.body);
  };
  return async (operation, input) => {
    const body = JSON.stringify(input);
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await attempt(operation, body);
      } catch (error) {
        if (attempts >= maxAttempts || isFinal(error)) throw error;
      }
      await pause();
    }
  };
};

const refusal = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ __type: v.optional(v.string()), message: v.optional(v.string()), Message: v.optional(v.string()) }),
);

const errorFrom = (response: HttpResponse): ServiceError => {
  const parsed = v.safeParse(refusal, response.body);
  const { __type, message, Message } = parsed.success ? parsed.output : {};
  const type = response.headers["x-amzn-errortype"] ?? __type ?? "UnknownError";
  // A shape's namespace may precede the name, and a URL may follow it.
  const name = type.replace(/^.*#/, "").replace(/:.*$/, "");
  return new ServiceError(name, message ?? Message ?? `HTTP ${response.status}`, response);
};

/** The error names that the SDK takes as a throttle and that SQS and DynamoDB use. */
const throttles = new Set([
  "LimitExceededException",
  "OverLimit",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "ThrottledException",
  "ThrottlingException",
  "TransactionInProgressException",
]);

const isFinal = (error: unknown): boolean => {
  if (!(error instanceof ServiceError)) return error instanceof SyntaxError;
  const { httpStatusCode } = error.$metadata;
  return httpStatusCode < 500 && httpStatusCode !== 429 && !throttles.has(error.name);
};

const jitteredPause = () => new Promise<void>((resolve) => setTimeout(resolve, Math.random() * 100));
