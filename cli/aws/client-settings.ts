import { Failure } from "../exit/failure.ts";
import type { Environment, Profile } from "./profile.ts";

/** A person is waiting: enough attempts to get past throttling. */
const usualAttempts = 4;

/** The Region, looked up in the AWS CLI's order: option, environment, profile. Throws a Failure when none of them sets it. */
export const regionOf = (option: string | undefined, environment: Environment, profile: Profile): string => {
  const region = option || environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"] || profile.settings["region"];
  if (region) return region;
  throw new Failure(
    "configuration",
    "No AWS Region is set.",
    `Use --region, set AWS_REGION, or add a region to the profile ${profile.name} in ~/.aws/config.`,
  );
};

/** The retry settings of every client. https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-retries.html */
export const retriesOf = (environment: Environment, { settings }: Pick<Profile, "settings">) => {
  const attempts = environment["AWS_MAX_ATTEMPTS"] || settings["max_attempts"];
  const mode = environment["AWS_RETRY_MODE"] || settings["retry_mode"] || "standard";
  if (attempts && !/^[1-9]\d{0,2}$/.test(attempts)) {
    throw new Failure(
      "configuration",
      `AWS_MAX_ATTEMPTS, or max_attempts, is ${JSON.stringify(attempts)}.`,
      "Set it to a whole number from 1 to 999.",
    );
  }
  if (!/^(legacy|standard|adaptive)$/.test(mode)) {
    throw new Failure(
      "configuration",
      `AWS_RETRY_MODE, or retry_mode, is ${JSON.stringify(mode)}.`,
      "Set it to standard, adaptive or legacy.",
    );
  }
  // The SDK for JavaScript has no legacy mode and treats it as standard.
  return { maxAttempts: attempts ? Number(attempts) : usualAttempts, retryMode: mode };
};

type Endpoints = Pick<Profile, "settings" | "services">;

const ignoresEndpoints = (environment: Environment, { settings }: Endpoints): boolean =>
  (environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] || settings["ignore_configured_endpoint_urls"])?.toLowerCase() ===
  "true";

/** The endpoint of every service that has no endpoint of its own in the settings, or undefined. */
export const endpointOfAllServices = (environment: Environment, profile: Endpoints): string | undefined =>
  ignoresEndpoints(environment, profile)
    ? undefined
    : environment["AWS_ENDPOINT_URL"] || profile.settings["endpoint_url"] || undefined;

/**
 * The endpoint of a service, or undefined for the one in AWS. `serviceId` is the SDK's name: `CloudWatch Logs`.
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
