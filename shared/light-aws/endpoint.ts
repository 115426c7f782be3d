import { SettingsError } from "../config/settings.ts";

/** The services that the triggers call, by their name in endpoints and signatures. */
export type ServiceName = "sqs" | "dynamodb";

type Environment = Record<string, string | undefined>;

/**
 * Returns the endpoint of a service: AWS_ENDPOINT_URL_<SERVICE>, else AWS_ENDPOINT_URL, else the endpoint of
 * AWS_REGION, with AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT. Throws a SettingsError where the SDK would
 * refuse.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export const endpointOf = (service: ServiceName, environment: Environment): { url: URL; region: string } => {
  const region = environment["AWS_REGION"] ?? "";
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(region)) {
    throw new SettingsError(`AWS_REGION is ${JSON.stringify(region)}: must be a region, such as eu-west-1.`);
  }
  const fips = flag("AWS_USE_FIPS_ENDPOINT", environment);
  const dualStack = flag("AWS_USE_DUALSTACK_ENDPOINT", environment);
  const configured = flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", environment)
    ? undefined
    : environment[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || environment["AWS_ENDPOINT_URL"];
  if (!configured) return { url: new URL(regionalEndpoint(service, region, { fips, dualStack })), region };
  if (fips || dualStack) {
    throw new SettingsError("AWS_ENDPOINT_URL goes with neither AWS_USE_FIPS_ENDPOINT nor AWS_USE_DUALSTACK_ENDPOINT.");
  }
  if (!URL.canParse(configured) || !/^https?:$/.test(new URL(configured).protocol)) {
    throw new SettingsError(`AWS_ENDPOINT_URL is ${JSON.stringify(configured)}: must be an http or https URL.`);
  }
  return { url: new URL(configured), region };
};

const flag = (name: string, environment: Environment): boolean => {
  const value = environment[name] ?? "false";
  if (value !== "true" && value !== "false") {
    throw new SettingsError(`${name} is ${JSON.stringify(value)}: must be true or false.`);
  }
  return value === "true";
};

/** The partitions other than the commercial one: the prefix of their regions, and the two DNS suffixes. */
const partitions: [prefix: string, dnsSuffix: string, dualStackDnsSuffix: string][] = [
  ["cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"],
  ["eusc-", "amazonaws.eu", "api.amazonwebservices.eu"],
  ["us-iso-", "c2s.ic.gov", "api.aws.ic.gov"],
  ["us-isob-", "sc2s.sgov.gov", "api.aws.scloud"],
  ["eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"],
  ["us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"],
];

/** Returns the endpoint by the SDK's rules; a test compares both over all partitions. */
export const regionalEndpoint = (
  service: ServiceName,
  region: string,
  { fips, dualStack }: { fips: boolean; dualStack: boolean },
): string => {
  const [, dnsSuffix, dualStackDnsSuffix] = partitions.find(([prefix]) => region.startsWith(prefix)) ?? [
    "",
    "amazonaws.com",
    "api.aws",
  ];
  // In GovCloud the plain endpoints are FIPS endpoints.
  const name = fips && (dualStack || !region.startsWith("us-gov-")) ? `${service}-fips` : service;
  return `https://${name}.${region}.${dualStack ? dualStackDnsSuffix : dnsSuffix}`;
};
