import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "@jest/globals";
import { SettingsError } from "../../shared/config/settings.ts";
import { endpointOf, regionalEndpoint } from "../../shared/light-aws/endpoint.ts";

const regions = [
  ...["us-east-1", "us-west-2", "eu-west-1", "eu-central-2", "ap-northeast-1", "ap-southeast-7", "sa-east-1"],
  ...["ca-west-1", "me-central-1", "af-south-1", "il-central-1", "mx-central-1", "us-north-9"],
  ...["cn-north-1", "cn-northwest-1", "us-gov-west-1", "us-gov-east-1", "eusc-de-east-1"],
  ...["us-iso-east-1", "us-iso-west-1", "us-isob-east-1", "us-isob-west-1", "eu-isoe-west-1", "us-isof-south-1"],
];
const flags = [
  { fips: false, dualStack: false },
  { fips: true, dualStack: false },
  { fips: false, dualStack: true },
  { fips: true, dualStack: true },
];
const sqs = new SQSClient({ region: "us-east-1" });
const dynamodb = new DynamoDBClient({ region: "us-east-1" });

describe("regionalEndpoint", () => {
  it.each(regions.flatMap((region) => flags.map((flag) => ({ region, ...flag }))))(
    "is the SDK's for $region, FIPS $fips, dual-stack $dualStack",
    ({ region, fips, dualStack }) => {
      const Parameters = { Region: region, UseFIPS: fips, UseDualStack: dualStack };
      const flag = { fips, dualStack };
      expect(`${regionalEndpoint("sqs", region, flag)}/`).toBe(sqs.config.endpointProvider(Parameters).url.href);
      expect(`${regionalEndpoint("dynamodb", region, flag)}/`).toBe(
        dynamodb.config.endpointProvider(Parameters).url.href,
      );
    },
  );
});

describe("endpointOf", () => {
  const AWS_REGION = "eu-west-1";
  const urlOf = (environment: Record<string, string>) => endpointOf("sqs", { AWS_REGION, ...environment }).url.href;
  const general = { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" };

  it("is regional unless configured, and follows the flags of the environment", () => {
    expect(urlOf({})).toBe("https://sqs.eu-west-1.amazonaws.com/");
    expect(urlOf({ AWS_USE_FIPS_ENDPOINT: "true" })).toBe("https://sqs-fips.eu-west-1.amazonaws.com/");
    expect(urlOf({ AWS_USE_DUALSTACK_ENDPOINT: "true" })).toBe("https://sqs.eu-west-1.api.aws/");
  });

  it("is the configured one, the service's own before the general one", () => {
    expect(urlOf(general)).toBe("http://127.0.0.1:4566/");
    expect(urlOf({ ...general, AWS_ENDPOINT_URL_SQS: "https://sqs.example:8443/x" })).toBe(
      "https://sqs.example:8443/x",
    );
    expect(urlOf({ ...general, AWS_ENDPOINT_URL_DYNAMODB: "https://other.example" })).toBe("http://127.0.0.1:4566/");
    expect(urlOf({ AWS_ENDPOINT_URL: "" })).toBe("https://sqs.eu-west-1.amazonaws.com/");
  });

  it("is regional where configured endpoints are to be ignored", () => {
    expect(urlOf({ ...general, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" })).toBe(
      "https://sqs.eu-west-1.amazonaws.com/",
    );
  });

  it.each([
    [{ ...general, AWS_USE_FIPS_ENDPOINT: "true" }, "neither"],
    [{ ...general, AWS_USE_DUALSTACK_ENDPOINT: "true" }, "neither"],
    [{ AWS_USE_FIPS_ENDPOINT: "yes" }, `AWS_USE_FIPS_ENDPOINT is "yes"`],
    [{ AWS_ENDPOINT_URL: "localhost:4566" }, "must be an http or https URL"],
    [{ AWS_ENDPOINT_URL: "nowhere" }, "must be an http or https URL"],
    [{ AWS_REGION: "" }, "must be a region"],
    [{ AWS_REGION: "evil.example/" }, "must be a region"],
  ])("refuses %j", (environment, message) => {
    expect(() => urlOf(environment)).toThrow(SettingsError);
    expect(() => urlOf(environment)).toThrow(message);
  });
});
