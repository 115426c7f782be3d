import * as v from "valibot";
import type { Clock } from "../runtime/clock.ts";
import type { HttpResponse, Send } from "../runtime/http.ts";
import { lambdaCredentials } from "./credentials.ts";
import { endpointOf, type ServiceName } from "./endpoint.ts";
import { sign } from "./sigv4.ts";

/** One AWS service, called by the name of the operation with its JSON input; gives back its JSON output. */
export type Call = (operation: string, input: object) => Promise<unknown>;

/** AWS refused, under the name and with the message that it gave. */
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
  /** How often a call is sent before it is given up. */
  maxAttempts: number;
  /** Waits before another attempt, unless given for up to 100 ms. */
  pause?: () => Promise<void>;
}

const targets: Record<ServiceName, string> = { sqs: "AmazonSQS", dynamodb: "DynamoDB_20120810" };

/**
 * The few calls that a Cognito trigger makes, for a fraction of the SDK's weight. No answer, a throttle and a fault of
 * the service are tried again; any other refusal is final. Throws a ServiceError, or what kept the answer from coming.
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
  // A shape's namespace may stand before the name, and a URL after it.
  const name = type.replace(/^.*#/, "").replace(/:.*$/, "");
  return new ServiceError(name, message ?? Message ?? `HTTP ${response.status}`, response);
};

/** The names that the SDK takes for a throttle and that SQS and DynamoDB use. */
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
