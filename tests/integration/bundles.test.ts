import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bundle, bundleFunctions } from "../../infra/bundle-functions.ts";
import { dueMessage } from "../../shared/queues/timers.ts";
import { aBatch, aRecord, aTrigger } from "../support/messages.ts";
import { startStack, type TestStack, type TestUser } from "../support/stack.ts";

/** Lambda's side of the contract: import the bundle, call its handler with the event, print the result. */
const runtime = `
  const [file, event] = process.argv.slice(1);
  const { handler } = await import(file);
  const result = await handler(JSON.parse(event), { awsRequestId: "1", functionName: "test", getRemainingTimeInMillis: () => 60_000 });
  process.stdout.write("\\nRESULT " + JSON.stringify(result ?? null));
`;

let stack: TestStack;
let folder: string;
let bundles: Bundle[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bundles-"));
  bundles = await bundleFunctions(folder);
  stack = await startStack({ GRACE_PERIOD: "0", RESET_MAIL: "en" }, { start: new Date() });
});
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true });
});

const bundleOf = (name: string): Bundle | undefined => bundles.find((bundle) => bundle.name === name);

/** Runs the built function against the local stack, with the environment it has in Lambda. */
const run = async (name: string, event: unknown): Promise<{ result: unknown; log: string }> => {
  const child = spawn(
    process.execPath,
    ["--no-warnings", "--input-type=module", "-e", runtime, bundleOf(name)?.file ?? "", JSON.stringify(event)],
    {
      env: {
        ...stack.environment,
        AWS_ENDPOINT_URL: stack.aws.url,
        AWS_REGION: stack.aws.region,
        AWS_ACCESS_KEY_ID: `built-${name}`,
        AWS_SECRET_ACCESS_KEY: "local",
        AWS_LAMBDA_FUNCTION_NAME: name,
        POWERTOOLS_SERVICE_NAME: "test",
      },
    },
  );
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await new Promise((resolve) => child.once("close", resolve));
  const [said = "", result] = output.split("\nRESULT ");
  const log = `${said}\n${errors}`;
  if (result === undefined) throw new Error(log);
  return { result: JSON.parse(result), log };
};

/** The lines that the function logged itself; metrics have neither level nor message. */
const linesOf = (log: string): Record<string, unknown>[] =>
  log
    .split("\n")
    .filter((line) => line.startsWith(`{"level"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Expects no name, no address, and no part of either in the log. */
const expectNoPersonalData = (log: string, user: TestUser) => {
  expect(log).not.toContain(user.email);
  expect(log).not.toContain(user.email.split("@")[0]);
  expect(log).not.toContain("@");
  expect(log).not.toContain("Hanako");
};
const person = { name: "Hanako Yamada", locale: "en" };

describe("the built functions, against the local stack", () => {
  it.each([
    ["custom-message", "CustomMessage_ForgotPassword", { codeParameter: "{####}" }],
    ["post-confirmation", "PostConfirmation_ConfirmForgotPassword", {}],
    ["post-authentication", "PostAuthentication_Authentication", {}],
  ])("%s records the fact and logs nothing personal", async (name, source, request) => {
    const user = await stack.user({ attributes: person });
    const event = aTrigger(source, user, request);
    Object.assign(event.request.userAttributes, person);
    const { result, log } = await run(name, event);
    expect(result).toMatchObject({ triggerSource: source, userName: user.username });
    expect(stack.callsOf(`built-${name}`)).toContain("SQS SendMessage");
    expect(log).toContain(`"message":"fact-recorded"`);
    expect(log).toContain(`"CloudWatchMetrics":[{"Namespace":"CognitoMfaLifecycle"`);
    expect(log).toContain(user.sub);
    expectNoPersonalData(log, user);
  });

  it("record-reset opens a window, and re-enable-mfa closes it", async () => {
    const user = await stack.user({ emailMfa: false, attributes: person });
    const recorded = await run("record-reset", aBatch(aRecord("reset-confirmed", user, new Date())));
    expect(recorded.result).toEqual({ batchItemFailures: [] });
    const { open } = await stack.find(user);
    if (open === undefined) throw new Error("No window was opened.");
    const closed = await run("re-enable-mfa", aBatch(dueMessage(open)));
    expect(closed.result).toEqual({ batchItemFailures: [] });
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled" });
    expectNoPersonalData(recorded.log + closed.log, user);
  });

  it("log nothing personal of a message they cannot understand, nor of a re-enable that fails", async () => {
    const user = await stack.user({ emailMfa: false, attributes: person });
    const malformed = await run(
      "record-reset",
      aBatch({ ...aRecord(user.email, user, new Date()), username: 7, name: "Hanako" }, user.email),
    );
    expect(malformed.log).toContain("message-malformed");
    await run("record-reset", aBatch(aRecord("reset-confirmed", user, new Date())));
    const { open } = await stack.find(user);
    if (open === undefined) throw new Error("No window was opened.");
    stack.aws.endpoint.faults = ({ operation }) =>
      operation === "AdminSetUserMFAPreference" ? { kind: "no-effect" } : undefined;
    const failed = await run("re-enable-mfa", aBatch(dueMessage(open)));
    stack.aws.endpoint.faults = () => undefined;
    expect(linesOf(failed.log)).toMatchObject([
      {
        level: "ERROR",
        message: "re-enable-failed",
        error: "Unchanged",
        detail: "Cognito accepted the change, but the user's Email MFA is still off.",
      },
    ]);
    expectNoPersonalData(malformed.log + failed.log, user);
  });

  it.each<[string, string, (user: TestUser) => unknown, string, string]>([
    [
      "post-confirmation",
      "record-failed",
      (user) => aTrigger("PostConfirmation_ConfirmForgotPassword", user),
      "OverLimit",
      "Too many messages are in flight.",
    ],
    [
      "record-reset",
      "message-failed",
      (user) => aBatch(aRecord("reset-confirmed", user, new Date())),
      "NotAuthorizedException",
      "Cognito says no.",
    ],
  ])("%s says in the words of AWS why something failed, in one line", async (name, message, event, code, detail) => {
    const user = await stack.user({ emailMfa: false, attributes: person });
    stack.aws.endpoint.faults = ({ caller, service }) =>
      caller === `built-${name}` && service !== "DynamoDB" ? { kind: "refuse", code, message: detail } : undefined;
    const { log } = await run(name, event(user));
    stack.aws.endpoint.faults = () => undefined;
    expect(linesOf(log)).toEqual([
      expect.objectContaining({ level: "ERROR", message, error: code, detail, where: expect.stringContaining("at ") }),
    ]);
    expectNoPersonalData(log, user);
  });

  it("reconcile reports", async () => {
    const { log } = await run("reconcile", {});
    expect(log).toContain("ReconcilerHeartbeat");
  });

  it("does not start with a configuration that is wrong, and names every fault", async () => {
    const { environment } = stack;
    Object.assign(environment, { GRACE_PERIOD: "31d", SCOPE: "some" });
    await expect(run("record-reset", aBatch())).rejects.toThrow(/gracePeriod is "31d".*scope is "some"/s);
    Object.assign(environment, { GRACE_PERIOD: "0", SCOPE: "all" });
  });
});

const names = ["custom-message", "drill", "explain-alarm", "post-authentication", "post-confirmation"];

describe("the licences", () => {
  it.each([...names, "re-enable-mfa", "reconcile", "record-reset"])(
    "are in %s, a text for every package that its SBOM names",
    (name) => {
      const sbom = JSON.parse(readFileSync(join(folder, "sbom", `${name}.cdx.json`), "utf8")) as {
        bomFormat: string;
        components: { group?: string; name: string; version: string; licenses: { license: { id: string } }[] }[];
      };
      const titles = sbom.components.map(({ group, name, version, licenses }) => {
        const id = licenses.map(({ license }) => license.id).join();
        return `${group === undefined ? "" : `${group}/`}${name} ${version} (${id})`;
      });
      const notices = readFileSync(join(folder, "functions", name, "THIRD-PARTY-NOTICES.txt"), "utf8");
      const sections = notices.split(`${"-".repeat(80)}\n`).slice(1);
      const named = sections.flatMap((section) => section.split("\n\n")[0]?.split("\n") ?? []);
      expect(sbom.bomFormat).toBe("CycloneDX");
      expect(titles.length).toBeGreaterThan(5);
      expect([...new Set(named)].sort()).toEqual(titles.sort());
      for (const section of sections) {
        expect(section).toMatch(/Permission is hereby granted|Apache License[^]+TERMS AND CONDITIONS/);
        expect(section).not.toMatch(/<year>|<copyright holder/i);
      }
    },
  );
});

const budget = JSON.parse(readFileSync(new URL("../../bench/budget.json", import.meta.url), "utf8")) as Record<
  string,
  number
>;

describe("the budget", () => {
  it("names every function", () => {
    expect(Object.keys(budget).sort()).toEqual(bundles.map(({ name }) => name));
  });

  it.each(Object.entries(budget))("lets %s weigh at most %d bytes", (name, bytes) => {
    expect(bundleOf(name)?.bytes).toBeLessThanOrEqual(bytes);
  });
});
