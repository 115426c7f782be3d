import type { SQSClientConfig } from "@aws-sdk/client-sqs";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Clock } from "./clock.ts";
import type { Send } from "./http.ts";

/** The surroundings of a function: in AWS the Lambda environment, locally the local stack. */
export interface Surroundings {
  environment: Record<string, string | undefined>;
  clock: Clock;
  /** Returns a new id on each call: letters, digits and hyphens, at most 50. */
  newId: () => string;
  telemetry: Telemetry;
  /** Options for every SDK client. The SDK's own defaults, such as AWS_ENDPOINT_URL, apply to the rest. */
  aws?: Pick<
    SQSClientConfig,
    "region" | "endpoint" | "credentials" | "signerConstructor" | "requestHandler" | "retryStrategy"
  >;
  /** How the triggers' light client sends a request, and waits before another attempt. */
  light?: { send: Send; pause: () => Promise<void> };
}

/** Behind a queue, a slow call is tried again; after that, SQS delivers the whole message again. */
export const inWorker = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
};

/**
 * The milliseconds that a worker must have left to begin another message: the time of its eight calls if AWS answers
 * each just before the time-out of `inWorker`.
 */
export const reserve = 8 * inWorker.requestHandler.requestTimeout + 1000;
