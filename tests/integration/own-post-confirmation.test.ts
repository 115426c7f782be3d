import { UpdateUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import { ConfirmForgotPasswordCommand, ForgotPasswordCommand } from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { build } from "esbuild";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LambdaHandler } from "@cognito-mfa-lifecycle/local-aws/lambda/lambda-runtime.ts";
import { poolSettings } from "../../cli/pool/pool-settings.ts";
import { readWholePool } from "../../cli/pool/whole-pool.ts";
import { buildMiddleware } from "../../infra/build-middleware.ts";
import { startStack } from "../support/stack.ts";

let stack: Awaited<ReturnType<typeof startStack>>;
let folder: string;
let handler: LambdaHandler;

/** Builds the package and the example as another repository would, and loads the result as Lambda would. */
beforeAll(async () => {
  stack = await startStack();
  folder = await mkdtemp(join(tmpdir(), "own-post-confirmation-"));
  await buildMiddleware(join(folder, "package"));
  await build({
    entryPoints: ["examples/own-post-confirmation/index.ts"],
    outfile: join(folder, "example.mjs"),
    alias: { "cognito-mfa-lifecycle-middleware": join(folder, "package/record-mfa-facts.mjs") },
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: stack.aws.url,
    AWS_REGION: stack.aws.region,
    AWS_ACCESS_KEY_ID: "own-post-confirmation",
    AWS_SECRET_ACCESS_KEY: "local",
    MFA_RECORDS_QUEUE_URL: stack.outputs.RecordsQueueUrl,
    MFA_METRICS_SERVICE: stack.outputs.MetricsService,
  });
  ({ handler } = (await import(pathToFileURL(join(folder, "example.mjs")).href)) as { handler: LambdaHandler });
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true });
});

describe("a team's own PostConfirmation trigger", () => {
  it("records the confirmed reset with one .use(...)", async () => {
    stack.aws.lambda.register("theirs", handler, { timeoutMs: 5000 });
    const { pool } = await readWholePool(stack.cognito, stack.userPoolId);
    const LambdaConfig = { ...pool.LambdaConfig, PostConfirmation: stack.aws.lambda.arn("theirs") };
    await stack.cognito.send(
      new UpdateUserPoolCommand({ UserPoolId: stack.userPoolId, ...poolSettings(pool), LambdaConfig }),
    );
    const user = await stack.user({ emailMfa: false });
    const who = { ClientId: stack.clientId, Username: user.email };
    await stack.cognito.send(new ForgotPasswordCommand(who));
    const ConfirmationCode = /\d{6}/.exec(stack.aws.mailbox.latest(user.email).body)?.[0];
    await stack.cognito.send(
      new ConfirmForgotPasswordCommand({ ...who, ConfirmationCode, Password: "Another-horse-8" }),
    );
    await stack.aws.clock.settle();
    const sent = stack.calls.filter(
      ({ caller, operation }) => `${caller} ${operation}` === "own-post-confirmation SendMessage",
    );
    expect(sent).toMatchObject([{ status: 200, input: { QueueUrl: stack.outputs.RecordsQueueUrl } }]);
    expect((await stack.operator.windows.find(user)).open?.counts["reset-confirmed"]).toBe(1);
  });

  it("contains its licence, and those of its dependencies", async () => {
    expect(await readFile(join(folder, "package/LICENSE"), "utf8")).toContain("MIT License");
    const notices = await readFile(join(folder, "package/THIRD-PARTY-NOTICES.txt"), "utf8");
    const sbom = JSON.parse(await readFile(join(folder, "package/sbom.cdx.json"), "utf8")) as {
      components: { name: string; version: string }[];
    };
    const others = sbom.components.filter(({ name }) => !name.startsWith("cognito-mfa-lifecycle"));
    expect(others.length).toBeGreaterThan(3);
    for (const { name, version } of others) expect(notices).toContain(`${name} ${version} (`);
  });

  it("type-checks with only the package", async () => {
    const types = await readFile(join(folder, "package/record-mfa-facts.d.ts"), "utf8");
    expect(types).toContain("export declare const recordMfaFacts");
    expect(types).not.toContain("import");
    expect(await readFile(join(folder, "package/record-mfa-facts.mjs"), "utf8")).not.toMatch(/from "(?!node:)[\w@.]/);
  });
});
