import { ApiGatewayV2Client, GetApisCommand } from "@aws-sdk/client-apigatewayv2";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CognitoIdentityProviderClient, ListDevicesCommand } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient, UpdateTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { LambdaClient, ListFunctionsCommand, ListTagsCommand } from "@aws-sdk/client-lambda";
import { HeadBucketCommand, ListBucketsCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { ListTagsForResourceCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { DeleteTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueueTagsCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { AwsSmithyRpcV2CborProtocol } from "@aws-sdk/core/protocols";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cbor } from "@smithy/core/cbor";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { type LocalAws, startLocalAws } from "../src/local-aws.ts";

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ start: new Date("2026-01-01T00:00:00Z") });
  aws.pages.set("/", async () => ({ status: 200, headers: { "content-type": "text/html" }, body: "<html>" }));
});
afterAll(() => aws.stop());

const options = () => ({ ...aws.clientOptions("test"), maxAttempts: 2, forcePathStyle: true });
const arn = "arn:aws:x:us-east-1:000000000000:y";

/** The refusal as SDK clients of each protocol show it. */
const absent: [string, string, () => Promise<unknown>][] = [
  ["query", "iam: ListRoles", () => new IAMClient(options()).send(new ListRolesCommand())],
  [
    "JSON 1.1",
    "logs: DescribeLogGroups",
    () => new CloudWatchLogsClient(options()).send(new DescribeLogGroupsCommand()),
  ],
  ["JSON 1.1", "events: ListRules", () => new EventBridgeClient(options()).send(new ListRulesCommand())],
  ["JSON 1.1", "ssm: GetParameter", () => new SSMClient(options()).send(new GetParameterCommand({ Name: "x" }))],
  ["REST and JSON", "apigateway: GET /v2/apis", () => new ApiGatewayV2Client(options()).send(new GetApisCommand())],
  ["REST and XML", "s3: GET /", () => new S3Client(options()).send(new ListBucketsCommand())],
  ["REST and XML", "s3: GET /b/", () => new S3Client(options()).send(new ListObjectsV2Command({ Bucket: "b" }))],
];

describe("a service that the local AWS lacks", () => {
  it.each(absent)("is refused in its protocol, %s: %s", async (_, asked, call) => {
    await expect(call()).rejects.toMatchObject({
      name: "UnsupportedByLocalStack",
      message:
        `The local stack does not have the service ${asked}. It has cloudformation, cloudwatch, cognito-idp, dynamodb, ` +
        `lambda, scheduler, sns, sqs, sts. What they know: ${aws.url}/_local/services`,
      $metadata: { httpStatusCode: 501, attempts: 1 },
    });
  });

  it("is refused without words where an answer has no body", async () => {
    await expect(new S3Client(options()).send(new HeadBucketCommand({ Bucket: "b" }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 501 },
    });
  });

  const ask = async (path: string, init: { method?: string; headers?: Record<string, string>; body?: string }) => {
    const response = await fetch(aws.url + path, init);
    return { status: response.status, type: response.headers.get("content-type"), body: await response.arrayBuffer() };
  };
  const signed = (service: string) => ({
    authorization: `AWS4-HMAC-SHA256 Credential=me/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  });
  const form = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  const text = (body: ArrayBuffer) => Buffer.from(body).toString("utf8");

  it.each([
    ["ses", "ErrorResponse", { Action: "ListIdentities", Version: "2010-12-01" }],
    ["elasticloadbalancing", "ErrorResponse", { Action: "DescribeTags", Version: "2015-12-01" }],
    ["ec2", "Response", { Action: "DescribeInstances", Version: "2016-11-15" }],
  ])("is refused in XML: %s", async (service, root, body) => {
    const init = {
      method: "POST",
      headers: { ...form, ...signed(service) },
      body: new URLSearchParams(body).toString(),
    };
    const answer = await ask("/", init);
    expect(answer).toMatchObject({ status: 501, type: "text/xml" });
    expect(text(answer.body)).toMatch(
      new RegExp(`^<\\?xml [^>]+>\\n<${root}>.*<Code>UnsupportedByLocalStack</Code><Message>.*${service}: `),
    );
  });

  it.each([
    ["cloudfront", "/2020-05-31/distribution", /<ErrorResponse><Error>.*the service cloudfront: GET \/2020/],
    ["databrew", "/schedules", /"message":"The local stack does not have the service databrew: GET \/schedules/],
    ["es", "/2015-01-01/domain", /"__type":"UnsupportedByLocalStack"/],
  ])("is refused by path: %s %s", async (service, path, words) => {
    const answer = await ask(path, { headers: signed(service) });
    expect(answer.status).toBe(501);
    expect(text(answer.body)).toMatch(words);
  });

  it("is refused when a URL was presigned, and when nothing was signed", async () => {
    const presigned =
      "/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=me%2F20260101%2Fus-east-1%2Fs3%2Faws4_request";
    expect(text((await ask(presigned, {})).body)).toContain("<Error><Code>UnsupportedByLocalStack</Code>");
    const unsigned = await ask("/b", { headers: { "user-agent": "aws-cli/1.45.11 md/Botocore#1.43.11" } });
    expect(unsigned.status).toBe(501);
    expect(text(unsigned.body)).toContain("for the unsigned request GET /b");
  });

  it("is refused in CBOR", async () => {
    const headers = { "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor", ...signed("billing") };
    const answer = await ask("/service/AWSBilling/operation/ListBillingViews", { method: "POST", headers });
    expect(answer).toMatchObject({ status: 501, type: "application/cbor" });
    expect(cbor.deserialize(new Uint8Array(answer.body))).toEqual({
      __type: "UnsupportedByLocalStack",
      message: expect.stringMatching(/the service billing: ListBillingViews\. It has /),
    });
  });

  it("leaves the page at / to browsers, and other paths not found", async () => {
    expect(await ask("/", {})).toMatchObject({ status: 200, type: "text/html" });
    const answer = await ask("/elsewhere", {});
    expect(answer.status).toBe(404);
    expect(text(answer.body)).toContain("/_local/services");
  });
});

const unknown: [string, () => Promise<unknown>][] = [
  [
    "cognito-idp ListDevices",
    () => new CognitoIdentityProviderClient(options()).send(new ListDevicesCommand({ AccessToken: "x" })),
  ],
  ["Lambda GET /2015-03-31/functions", () => new LambdaClient(options()).send(new ListFunctionsCommand())],
  ["lambda GET /2017-03-31/tags/", () => new LambdaClient(options()).send(new ListTagsCommand({ Resource: arn }))],
  [
    "scheduler GET /tags/",
    () => new SchedulerClient(options()).send(new ListTagsForResourceCommand({ ResourceArn: arn })),
  ],
  ["SQS ListQueueTags", () => new SQSClient(options()).send(new ListQueueTagsCommand({ QueueUrl: `${aws.url}/0/q` }))],
  ["sns DeleteTopic", () => new SNSClient(options()).send(new DeleteTopicCommand({ TopicArn: arn }))],
  ["sts GetSessionToken", () => new STSClient(options()).send(new GetSessionTokenCommand())],
  [
    "DynamoDB UpdateTimeToLive",
    () =>
      new DynamoDBClient(options()).send(
        new UpdateTimeToLiveCommand({ TableName: "t", TimeToLiveSpecification: { Enabled: true, AttributeName: "a" } }),
      ),
  ],
  [
    "cloudwatch DescribeAlarms",
    () =>
      new CloudWatchClient({ ...options(), protocol: AwsSmithyRpcV2CborProtocol }).send(new DescribeAlarmsCommand()),
  ],
];

describe("an operation that a local service does not know", () => {
  it.each(unknown)("is refused: %s", async (asked, call) => {
    await expect(call()).rejects.toMatchObject({
      name: "UnsupportedByLocalStack",
      message: expect.stringMatching(
        new RegExp(`^The local stack does not know ${asked}.*\\. What it knows: ${aws.url}/_local/services$`),
      ),
      $metadata: { httpStatusCode: 501, attempts: 1 },
    });
  });

  it("is refused where the name of the operation is one that every object has", async () => {
    const headers = { "x-amz-target": "AWSCognitoIdentityProviderService.constructor" };
    expect((await fetch(aws.url, { method: "POST", headers, body: "{}" })).status).toBe(501);
  });
});

describe("GET /_local/services", () => {
  it("lists the operations of each service", async () => {
    const { services } = (await (await fetch(`${aws.url}/_local/services`)).json()) as {
      services: Record<string, string[]>;
    };
    expect(Object.keys(services)).toHaveLength(9);
    expect(services["scheduler"]).toContain("CreateSchedule");
    expect(services["lambda"]).toContain("Invoke");
    expect(services["cognito-idp"]).toContain("AdminSetUserMFAPreference");
  });

  it("lists dynalite's operations for DynamoDB", async () => {
    const folder = new URL("validations/", `file://${createRequire(import.meta.url).resolve("dynalite/package.json")}`);
    const files = readdirSync(folder).filter((file) => file !== "index.js");
    const operations = files.map((file) => file.replace(/^./, (first) => first.toUpperCase()).replace(/\.js$/, ""));
    expect(aws.endpoint.operations()["dynamodb"]).toEqual(operations.sort());
  });
});
