import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { type Server } from "node:http";
import { serve } from "@cognito-mfa-lifecycle/local-aws/server.ts";
import type { WireRequest, WireResponse } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { type MfactlStack, startMfactlStack } from "../support/mfactl-stack.ts";

let stack: MfactlStack;
let server: Server;
let url: string;

const xml = (status: number, body: string): WireResponse => ({ status, headers: { "content-type": "text/xml" }, body });

const describeStacks = (body: string): WireResponse => {
  if (new URLSearchParams(body).get("StackName") !== "cognito-mfa-lifecycle-prod") {
    const error = "<Error><Code>ValidationError</Code><Message>Stack with id x does not exist</Message></Error>";
    return xml(400, `<ErrorResponse>${error}</ErrorResponse>`);
  }
  const outputs = Object.entries(stack.outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  const found = `<Stacks><member><Outputs>${outputs.join("")}</Outputs></member></Stacks>`;
  return xml(
    200,
    `<DescribeStacksResponse><DescribeStacksResult>${found}</DescribeStacksResult></DescribeStacksResponse>`,
  );
};

const caller = "arn:aws:sts::000000000000:assumed-role/HelpDesk/taro";
const identity = `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${caller}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;

/** Starts the local AWS with the two calls that only a stack in AWS needs. */
const answer = async (request: WireRequest): Promise<WireResponse> => {
  if (request.body.includes("Action=DescribeStacks")) return describeStacks(request.body);
  if (request.body.includes("Action=GetCallerIdentity")) return xml(200, identity);
  return stack.aws.endpoint.answer(request);
};

beforeEach(async () => {
  stack = await startMfactlStack();
  ({ server, url } = await serve(answer, 0));
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await stack.stop();
});

const spawned = (argv: string[], environment: Record<string, string> = {}) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = {
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: "taro",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_EC2_METADATA_DISABLED: "true",
      ...environment,
    };
    const child = execFile("node", ["bin/mfactl.mjs", ...argv], { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

describe("mfactl without --local", () => {
  it("finds the stack by its outputs, and who calls by STS", async () => {
    const { sub } = await stack.addUser("hanako@example.com");
    const { code, stdout } = await spawned(["open", sub, "--reason", "x", "--json"], { AWS_REGION: "us-east-1" });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ window: { sub, openedBy: { by: caller, reason: "x" } } });
  }, 20_000);

  it("says where it looked for a stack that is not there", async () => {
    const { code, stderr } = await spawned(["--stage", "dev", "list"], { AWS_DEFAULT_REGION: "eu-west-1" });
    expect(code).toBe(3);
    expect(stderr).toContain("The stack cognito-mfa-lifecycle-dev does not exist in eu-west-1.");
  }, 20_000);

  it("says how to name the Region when there is none", async () => {
    const { code, stderr } = await spawned(["list"]);
    expect(code).toBe(3);
    expect(stderr).toContain("Use --region, set AWS_REGION");
  }, 20_000);

  it("says how to sign in when there are no credentials", async () => {
    const { code, stderr } = await spawned(["list", "--region", "us-east-1"], {
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
    });
    expect(code).toBe(4);
    expect(stderr).toContain("aws sso login");
  }, 20_000);
});
