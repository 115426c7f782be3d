import type { Surroundings } from "../runtime/surroundings.ts";
import type { ServiceName } from "./endpoint.ts";
import { httpsSend } from "./https-send.ts";
import { type Call, jsonClient } from "./json-client.ts";

/** Cognito gives a trigger 5 s, cold start included. Attempts of a second each leave time for the answer. */
const limits = { connectionTimeout: 500, requestTimeout: 1000 };

/** Makes a client of the service for a trigger, with the credentials, region and endpoint of its environment. */
export const triggerClient = (
  service: ServiceName,
  maxAttempts: number,
  { environment, clock, light }: Pick<Surroundings, "environment" | "clock" | "light">,
): Call => jsonClient(service, { environment, clock, maxAttempts, send: httpsSend(limits), ...light });
