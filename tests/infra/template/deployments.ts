import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type LocalAws, startLocalAws } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";

const first = "us-east-1_First0000";
const other = "us-east-1_Other0000";
const ofExisting = { UserPoolId: first, PoolVariant: "existing-pool" };

/** Deploys with the real command to a local CloudFormation. It has the stacks and refuses to change them. */
export const describeDeployments = () =>
  describe("serverless deploy", () => {
    let aws: LocalAws;
    let calls: Call[];
    let packagePath: string;
    beforeEach(async () => {
      calls = [];
      aws = await startLocalAws({ start: new Date(), observe: (call) => calls.push(call) });
      packagePath = await mkdtemp(join(tmpdir(), "deployed-"));
    });
    afterEach(async () => {
      await aws.stop();
      await rm(packagePath, { recursive: true });
    });

    const serverless = (...args: string[]) =>
      promisify(execFile)(
        "node_modules/.bin/serverless",
        [...args, "--stage", "prod", "--region", "us-east-1", "--param", "alarmEmail=alarms@example.com"],
        {
          env: {
            PATH: process.env.PATH,
            AWS_ENDPOINT_URL: aws.url,
            AWS_ACCESS_KEY_ID: "test",
            AWS_SECRET_ACCESS_KEY: "test",
            SLS_AWS_REQUEST_MAX_RETRIES: "0",
          },
        },
      ).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        (error: { code: number; stdout: string; stderr: string }) => error,
      );
    const asked = () => calls.filter(({ service }) => service === "cloudformation").map(({ operation }) => operation);
    const deployed = (outputs: Record<string, string>) =>
      aws.cloudFormation.put({ name: "cognito-mfa-lifecycle-prod", createdAt: new Date(), outputs });

    it.each([
      ["deploy", []],
      ["deploy function", ["--function", "re-enable-mfa"]],
    ])(
      "refuses another pool before it changes anything: %s",
      async (command, args) => {
        deployed(ofExisting);
        const outcome = await serverless(...command.split(" "), ...args, "--param", `userPoolId=${other}`);
        expect(outcome).toMatchObject({ code: 1, stdout: expect.stringContaining(`manages the pool ${first}`) });
        expect(new Set(asked())).toEqual(new Set(["DescribeStacks"]));
      },
      120_000,
    );

    it.each([
      ["the same pool", [`userPoolId=${first}`]],
      ["another pool, when the first is named", [`userPoolId=${other}`, `formerUserPoolId=${first}`]],
    ])(
      "goes on with %s",
      async (_what, parameters) => {
        deployed(ofExisting);
        const { stdout } = await serverless("deploy", ...parameters.flatMap((parameter) => ["--param", parameter]));
        expect(stdout).not.toContain("manages the pool");
        expect(asked().length).toBeGreaterThan(1);
      },
      120_000,
    );

    it("compares the packaged values, regardless of the current parameters", async () => {
      deployed(ofExisting);
      await serverless("package", "--package", packagePath, "--param", `userPoolId=${other}`);
      const outcome = await serverless("deploy", "--package", packagePath, "--param", `userPoolId=${first}`);
      expect(outcome).toMatchObject({ code: 1, stdout: expect.stringContaining(`manages the pool ${first}`) });
    }, 120_000);
  });
