import type { SQSClientConfig } from "@aws-sdk/client-sqs";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Clock } from "./clock.ts";
import type { Send } from "./http.ts";

/** What a function finds around it: in AWS the environment of the Lambda, locally what the local stack puts there. */
export interface Surroundings {
  environment: Record<string, string | undefined>;
  clock: Clock;
  /** A new id on each call: letters, digits and hyphens, at most 50. */
  newId: () => string;
  telemetry: Telemetry;
  /** Options for every SDK client; the SDK's own defaults, AWS_ENDPOINT_URL among them, hold for the rest. */
  aws?: Pick<
    SQSClientConfig,
    "region" | "endpoint" | "credentials" | "signerConstructor" | "requestHandler" | "retryStrategy"
  >;
  /** How the triggers' light client sends a request, and waits before it tries again. */
  light?: { send: Send; pause: () => Promise<void> };
}

/** Behind a queue a slow call is tried again; SQS tries the whole message again after that. */
export const inWorker = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
};

/**
 * The time in milliseconds that a worker must have left to begin another piece of its work: what the eight calls of one message
 * take when AWS answers each just before `inWorker` gives it up.
 */
export const reserve = 8 * inWorker.requestHandler.requestTimeout + 1000;
