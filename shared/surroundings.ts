import type { SQSClientConfig } from "@aws-sdk/client-sqs";
import type { Clock } from "./clock.ts";
import type { Telemetry } from "./telemetry.ts";

/** What a function finds around it: in AWS the environment of the Lambda, locally what the local stack puts there. */
export interface Surroundings {
  environment: Record<string, string | undefined>;
  clock: Clock;
  /** A new id on each call: letters, digits and hyphens, at most 50. */
  newId: () => string;
  telemetry: Telemetry;
  /** Options for every SDK client; the SDK's own defaults, AWS_ENDPOINT_URL among them, hold for the rest. */
  aws?: Pick<SQSClientConfig, "region" | "endpoint" | "credentials" | "requestHandler" | "retryStrategy">;
}

/** Cognito gives a trigger 5 s, cold start included: two attempts of a second each, and time left for the way back. */
export const inTrigger = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1000, throwOnRequestTimeout: true },
};

/** Behind a queue a slow call is tried again; SQS tries the whole message again after that. */
export const inWorker = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
};
