import { Failure } from "../failure.ts";
import type { Environment, Profile } from "./profile.ts";

/** A person waits: try often enough to outlast a throttle. */
const usualAttempts = 4;

/** The Region as the AWS CLI takes it: the option, the environment, the profile. Throws a Failure where none says it. */
export const regionOf = (option: string | undefined, environment: Environment, profile: Profile): string => {
  const region = option || environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"] || profile.settings["region"];
  if (region) return region;
  throw new Failure(
    "configuration",
    "It is not known which AWS Region to work in.",
    `Say --region, set AWS_REGION, or give the profile ${profile.name} a region in ~/.aws/config.`,
  );
};

/** How often a call is tried. https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-retries.html */
export const retriesOf = (environment: Environment, { settings }: Pick<Profile, "settings">) => {
  const attempts = environment["AWS_MAX_ATTEMPTS"] || settings["max_attempts"];
  const mode = environment["AWS_RETRY_MODE"] || settings["retry_mode"] || "standard";
  if (attempts && !/^[1-9]\d{0,2}$/.test(attempts)) {
    throw new Failure(
      "configuration",
      `AWS_MAX_ATTEMPTS, or max_attempts, is ${JSON.stringify(attempts)}.`,
      "Give it a number from 1.",
    );
  }
  if (!/^(legacy|standard|adaptive)$/.test(mode)) {
    throw new Failure(
      "configuration",
      `AWS_RETRY_MODE, or retry_mode, is ${JSON.stringify(mode)}.`,
      "It is one of standard, adaptive and legacy.",
    );
  }
  // The SDK for JavaScript has no legacy mode, and does as in the standard one.
  return { maxAttempts: attempts ? Number(attempts) : usualAttempts, retryMode: mode };
};

type Endpoints = Pick<Profile, "settings" | "services">;

const ignoresEndpoints = (environment: Environment, { settings }: Endpoints): boolean =>
  (environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] || settings["ignore_configured_endpoint_urls"])?.toLowerCase() ===
  "true";

/** Where every service is to be looked for that has no address of its own in the settings, or nothing. */
export const endpointOfAllServices = (environment: Environment, profile: Endpoints): string | undefined =>
  ignoresEndpoints(environment, profile)
    ? undefined
    : environment["AWS_ENDPOINT_URL"] || profile.settings["endpoint_url"] || undefined;

/**
 * Where a service is to be looked for, or nothing for its address in AWS. `serviceId` as in the SDK: `CloudWatch Logs`.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export const endpointOf = (serviceId: string, environment: Environment, profile: Endpoints): string | undefined => {
  if (ignoresEndpoints(environment, profile)) return undefined;
  const name = serviceId.replaceAll(" ", "_");
  return (
    environment[`AWS_ENDPOINT_URL_${name.toUpperCase()}`] ||
    environment["AWS_ENDPOINT_URL"] ||
    profile.services[`${name.toLowerCase()}.endpoint_url`] ||
    endpointOfAllServices(environment, profile)
  );
};
