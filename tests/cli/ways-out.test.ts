import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { ChildProcess } from "node:child_process";
import { PassThrough } from "node:stream";
import { run } from "../../cli/run.ts";
import { confirmer } from "../../cli/stack/context.ts";
import { asker } from "../../cli/terminal/ask.ts";
import { Interruption } from "../../cli/terminal/interruption.ts";
import { hour } from "../../shared/config/duration.ts";
import { systemClock } from "../../shared/runtime/clock.ts";
import { caller, mfactlInAws } from "../support/mfactl-in-aws.ts";
import { type MfactlStack, startMfactlStack, type User } from "../support/mfactl-stack.ts";

jest.setTimeout(90_000);

let stack: MfactlStack;
let aws: Awaited<ReturnType<typeof mfactlInAws>>;
let hanako: User;

beforeEach(async () => {
  stack = await startMfactlStack();
  aws = await mfactlInAws(stack);
  hanako = await stack.addUser("hanako@example.com");
});
afterEach(async () => {
  aws.stop();
  await stack.stop();
});

/** Holds calls of this name until `release` is called. `held` resolves when the first one has arrived. */
const hold = (operation: string) => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const held = new Promise<void>((resolve) => {
    aws.answerInstead(async (called) => {
      if (called !== operation) return undefined;
      resolve();
      await released;
      return undefined;
    });
  });
  return { held, release };
};

const comesTrue = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
};

/** Resolves when the process has printed this on standard error. */
const says = (child: ChildProcess, words: RegExp) =>
  new Promise<void>((resolve) => {
    let said = "";
    child.stderr?.on("data", (text) => {
      said += String(text);
      if (words.test(said)) resolve();
    });
  });

const drillUsers = () =>
  [...stack.aws.cognito.users(stack.userPoolId)].filter(({ attributes }) => attributes.get("name")?.includes("drill"));

describe("the acts of mfactl are in the audit log", () => {
  const entry = { message: "window-opened", by: caller };

  it("when the reader of standard output has gone, and standard error shows what was done", async () => {
    const line = `$mfactl open ${hanako.sub} --reason x | true; exit "\${PIPESTATUS[0]}"`;
    const { code, stderr } = await aws.run(line);
    expect(aws.audited).toMatchObject([{ ...entry, sub: hanako.sub }]);
    expect(stderr).toContain(`Recorded on the window: window-opened · ${caller}`);
    expect(code).toBe(0);
    expect(await stack.hasEmailMfa(hanako)).toBe(false);
  });

  it("when standard output cannot be written to, which has an exit code and no stack trace", async () => {
    const { code, stderr } = await aws.run(`$mfactl open ${hanako.sub} --reason x > /dev/full`);
    expect(aws.audited).toMatchObject([entry]);
    expect(code).toBe(8);
    expect(stderr).toContain("The result could not be written to standard output: ENOSPC");
    expect(stderr).not.toContain("    at ");
    expect(stderr).toContain("Recorded on the window: window-opened");
  });

  it("before the result is on standard output", async () => {
    const { held, release } = hold("PutLogEvents");
    const { child, ended } = aws.start(`$mfactl open ${hanako.sub} --reason x`);
    let printed = false;
    child.stdout?.once("data", () => (printed = true));
    await held;
    await comesTrue(() => aws.calls.filter((call) => call === "AdminGetUser").length >= 4);
    // By then the command has finished and would have printed it.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(printed).toBe(false);
    release();
    expect((await ended).stdout).toContain("Open.");
  });

  it("when a signal ends it while it waits for the proof", async () => {
    await stack.mfactl(["open", hanako.sub, "--reason", "x"]);
    const { child, ended } = aws.start(`exec $mfactl close ${hanako.sub} --yes`);
    await comesTrue(() => aws.audited.length === 1);
    child.kill("SIGTERM");
    const { signal, stderr } = await ended;
    expect(signal).toBe("SIGTERM");
    expect(aws.audited).toMatchObject([{ message: "close-asked" }]);
    expect(stderr).toContain("Recorded on the window: close-asked");
  });

  it("although the answer of a call to the audit log was lost", async () => {
    aws.answerInstead((operation) => {
      if (operation !== "CreateLogStream") return undefined;
      const body = JSON.stringify({ __type: "ResourceAlreadyExistsException", message: "it exists" });
      return { status: 400, headers: { "content-type": "application/x-amz-json-1.1" }, body };
    });
    expect((await aws.run(`$mfactl open ${hanako.sub} --reason x`)).stderr).not.toContain("could not be written");
    expect(aws.audited).toMatchObject([entry]);
  });
});

describe("a signal", () => {
  it("before anything was changed ends mfactl at once, and nothing is changed", async () => {
    const { held, release } = hold("GetCallerIdentity");
    const { child, ended } = aws.start(`exec $mfactl open ${hanako.sub} --reason x`);
    await held;
    child.kill("SIGINT");
    const { signal, stderr, stdout } = await ended;
    release();
    expect([signal, stdout]).toEqual(["SIGINT", ""]);
    expect(stderr).toContain("Stopped. Nothing was changed.");
    expect((await stack.find(hanako)).open).toBeUndefined();
    expect(await stack.hasEmailMfa(hanako)).toBe(true);
  });

  it.each([
    ["INT", 130, "interrupted"],
    ["TERM", 143, "terminated"],
    ["HUP", 129, "hung-up"],
  ])("SIG%s is exit code %d to a shell, and to --json", async (name, code, kind) => {
    const { held, release } = hold("DescribeStacks");
    const line = `$mfactl list --json & read -r -u 3; kill -${name} $!; wait $!`;
    const ended = await aws.run(line, held);
    release();
    expect(ended.code).toBe(code);
    const { stderr } = ended;
    expect(JSON.parse(stderr.slice(stderr.indexOf("{\n"), stderr.lastIndexOf("}") + 1))).toMatchObject({
      error: { code, kind },
    });
  });

  it("in the middle of an opening lets it be finished: window, Email MFA off, result and audit", async () => {
    const { held, release } = hold("AdminSetUserMFAPreference");
    const { child, ended } = aws.start(`exec $mfactl open ${hanako.sub} --reason x`);
    await held;
    const heard = says(child, /safe point/);
    child.kill("SIGINT");
    await heard;
    release();
    const { signal, stdout } = await ended;
    expect(signal).toBe("SIGINT");
    expect(stdout).toContain("Open.");
    expect(await stack.hasEmailMfa(hanako)).toBe(false);
    expect(aws.audited).toMatchObject([{ message: "window-opened" }]);
  });

  it("between the windows of a long act stops after the one at hand", async () => {
    const users = [hanako, await stack.addUser("ken@example.com"), await stack.addUser("jun@example.com")];
    for (const { sub } of users) await stack.mfactl(["open", sub, "--reason", "x", "--for", "1h"]);
    stack.refuseReEnables();
    await stack.aws.clock.advanceBy(2 * hour);
    const { child, ended } = aws.start(`exec $mfactl retry --all-overdue`);
    aws.answerInstead((operation) => {
      if (operation === "UpdateItem") child.kill("SIGINT");
      return undefined;
    });
    const { signal } = await ended;
    expect(signal).toBe("SIGINT");
    expect(aws.audited).toMatchObject([{ message: "retry-asked" }]);
  });

  it("ends a drill that waits, with its user deleted", async () => {
    const { child, ended } = aws.start(`exec $mfactl drill --yes --for 5m`);
    await says(child, /^wait:/m);
    child.kill("SIGINT");
    const { signal, stderr } = await ended;
    expect(signal).toBe("SIGINT");
    expect(stderr).toContain("The drill was stopped at wait.\nIts user is deleted.");
    expect(drillUsers()).toEqual([]);
  });

  it("that comes a second time ends even a drill at once", async () => {
    const { held, release } = hold("AdminDeleteUser");
    const { child, ended } = aws.start(`exec $mfactl drill --yes --for 5m`);
    await comesTrue(() => drillUsers().length === 1);
    child.kill("SIGTERM");
    await held;
    child.kill("SIGTERM");
    expect((await ended).signal).toBe("SIGTERM");
    expect(drillUsers()).toHaveLength(1);
    release();
  });
});

it.each([
  ["DescribeStacks", 503, "<html><body><h1>503</h1><br></body></html>"],
  ["DescribeUserPool", 503, "<html><body><h1>503</h1><br></body></html>"],
  ["DescribeUserPool", 403, "<html><body>blocked</body></html>"],
  ["GetCallerIdentity", 200, "Sign in to the network"],
])("a page of a proxy instead of %s is told as such", async (operation, status, body) => {
  aws.answerInstead((called) =>
    called === operation ? { status, headers: { "content-type": "text/html" }, body } : undefined,
  );
  const { code, stderr } = await aws.run(`$mfactl open ${hanako.sub} --reason x`);
  expect(code).toBe(5);
  expect(stderr).toContain(`The response, HTTP ${status}, is not from AWS. A proxy, for example, may have sent it.`);
  expect(stderr).not.toMatch(/parse|JSON|Deserialization/);
});

it("an uncaught error ends a command that would wait forever", async () => {
  const crash = new AbortController();
  let stderr = "";
  await stack.mfactl(["open", hanako.sub, "--reason", "x"]);
  const code = await run([`--local=${new URL(stack.aws.url).port}`, "close", hanako.sub], {
    environment: {},
    clock: systemClock,
    newId: () => "id",
    stdout: { write: () => true },
    stderr: { write: (text) => (stderr += text) },
    crash: crash.signal,
    ask() {
      crash.abort(new Error("a stray error"));
      return new Promise(() => undefined);
    },
  });
  expect(code).toBe(1);
  expect(stderr).toContain("a stray error");
});

describe("a question", () => {
  const question = (signal = new AbortController().signal, interrupt: () => void = () => undefined) => {
    const input = new PassThrough();
    const output = new PassThrough();
    output.resume();
    return { input, ask: asker({ input, output, terminal: true }, signal, interrupt) };
  };

  it("returns the line of an answer", async () => {
    const { input, ask } = question();
    const answer = ask("Go on? ");
    input.write("yes\r");
    expect(await answer).toBe("yes");
  });

  it.each([
    ["Ctrl-D", (input: PassThrough) => input.write("\u0004")],
    ["the end of the input", (input: PassThrough) => input.end()],
  ])("that is answered by %s is not confirmed", async (_, end) => {
    const { input, ask } = question();
    const confirmed = confirmer({ ask }, () => ({}), new Interruption())("Go on?");
    end(input);
    await expect(confirmed).rejects.toMatchObject({ kind: "not-confirmed" });
  });

  it("that is answered by Ctrl-C ends mfactl as interrupted", async () => {
    const stop = new AbortController();
    const { input, ask } = question(stop.signal, () => stop.abort("interrupted"));
    const confirmed = confirmer({ ask }, () => ({}), new Interruption(stop.signal))("Go on?");
    input.write("\u0003");
    await expect(confirmed).rejects.toMatchObject({ kind: "interrupted" });
  });
});
