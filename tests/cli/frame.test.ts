import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { commands } from "../../cli/commands.ts";
import { exitCodes } from "../../cli/exit-codes.ts";
import { explainError } from "../../cli/explain-error.ts";
import { Output } from "../../cli/output.ts";
import { run } from "../../cli/run.ts";
import { table } from "../../cli/table.ts";
import { timeLeft } from "../../cli/time-left.ts";
import { hour } from "../../shared/duration.ts";
import { systemClock } from "../../shared/clock.ts";
import { plus } from "../../shared/window.ts";
import { type MfactlStack, start, startMfactlStack } from "../support/mfactl-stack.ts";

describe("the program mfactl", () => {
  let stack: MfactlStack;
  beforeEach(async () => {
    stack = await startMfactlStack();
  });
  afterEach(() => stack.stop());

  it("runs as npx would run it", async () => {
    const { sub } = await stack.addUser("hanako@example.com");
    await stack.mfactl(["open", sub, "--reason", "x"]);
    const port = new URL(stack.aws.url).port;
    const { stdout } = await promisify(execFile)("node", ["bin/mfactl.mjs", `--local=${port}`, "list", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, now: start.toISOString(), windows: [{ sub }] });
  }, 20_000);

  it("says the code that it ends with", async () => {
    const spawned = promisify(execFile)("node", ["bin/mfactl.mjs", "list", "--overdue=yes"]);
    const stderr: unknown = expect.stringContaining("mfactl --help");
    await expect(spawned).rejects.toMatchObject({ code: 2, stderr });
  }, 20_000);

  it("finds on the local stack what infra/outputs.yml names", () => {
    const infra = [...readFileSync("infra/outputs.yml", "utf8").matchAll(/^ {2}(\w+):$/gm)].map(([, name]) => name);
    expect(infra).toEqual(expect.arrayContaining(Object.keys(stack.outputs)));
  });
});

describe("help", () => {
  const help = async (...argv: string[]) => {
    let text = "";
    const sink = { write: (more: string) => (text += more) };
    const surroundings = { environment: {}, clock: systemClock, newId: () => "", stdout: sink, stderr: sink };
    return { code: await run([...argv, "--help"], surroundings), text };
  };

  it("tells every exit code, and each has one meaning", async () => {
    const { code, text } = await help();
    expect(code).toBe(0);
    for (const [name, { code, meaning }] of Object.entries(exitCodes)) {
      expect(text).toMatch(new RegExp(`^ +${code}  ${name} +${meaning}$`, "m"));
    }
    const codes = Object.values(exitCodes).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  const listedCommands = async (): Promise<string[]> => {
    const { text } = await help();
    const lines = text.slice(text.indexOf("Commands:"), text.indexOf("USER is")).matchAll(/^ {2}([a-z]+) /gm);
    return [...lines].flatMap(([, name]) => (name === undefined || name === "help" ? [] : [name]));
  };

  it("names every command, and each has an example of its own", async () => {
    const listed = await listedCommands();
    expect(listed.length).toBeGreaterThanOrEqual(commands.length);
    for (const command of listed) expect((await help(command)).text).toContain(`$ mfactl ${command}`);
  });

  it("tells how long a drill's window is open as a duration, as docs/mfactl.md does", async () => {
    const { text } = await help("drill");
    expect(text.replace(/\s+/g, " ")).toContain("(default: 3m)");
    expect(readFileSync("docs/mfactl.md", "utf8")).toContain("mfactl drill [--for 3m]");
  });

  it("and docs/mfactl.md tell the same exit codes and commands", async () => {
    const documented = readFileSync("docs/mfactl.md", "utf8");
    for (const [name, { code }] of Object.entries(exitCodes)) expect(documented).toContain(`| ${code} | \`${name}\` |`);
    for (const command of await listedCommands()) expect(documented).toContain(`mfactl ${command}`);
  });
});

describe("output", () => {
  const outputTo = (colour: boolean) =>
    new Output({ json: false, colour, stdout: { write: () => true }, stderr: { write: () => true } });

  it.each([
    [-1, "██████████ 1h"],
    [30 * 60_000, "█████░░░░░ 30m"],
    [59 * 60_000, "█░░░░░░░░░ 1m"],
    [60 * 60_000, "░░░░░░░░░░ 0s past due"],
    [3 * hour, "░░░░░░░░░░ 2h past due"],
  ])("draws the time left %d ms after the opening as %s", (passed, bar) => {
    expect(timeLeft(outputTo(false), { openedAt: start, dueAt: plus(start, hour) }, plus(start, passed))).toBe(bar);
  });

  it("is coloured on a terminal, and not where NO_COLOR is set", async () => {
    const stack = await startMfactlStack();
    const helpFor = async (environment: Record<string, string>) => {
      let stdout = "";
      await run([`--local=${new URL(stack.aws.url).port}`, "failures"], {
        environment,
        clock: systemClock,
        newId: () => "",
        stdout: { write: (text) => (stdout += text), isTTY: true },
        stderr: { write: () => true },
      });
      return stdout.includes("\u001b[");
    };
    expect(await helpFor({})).toBe(true);
    expect(await helpFor({ NO_COLOR: "1" })).toBe(false);
    await stack.stop();
  });

  it("keeps its columns under wide characters", () => {
    expect(
      table(
        ["USER", "X"],
        [
          ["花子", "1"],
          ["ken", "2"],
        ],
      ),
    ).toBe("USER  X\n花子  1\nken   2");
  });
});

describe("explainError", () => {
  it.each([
    ["CredentialsProviderError", "permission", "aws sso login"],
    ["ExpiredTokenException", "permission", "aws sso login"],
    ["AccessDeniedException", "permission", "Ask for the permission"],
    ["TooManyRequestsException", "aws-failed", "safe to repeat"],
    ["TimeoutError", "aws-failed", "Check the network"],
    ["ResourceNotFoundException", "configuration", "Deploy the stack again"],
    ["TypeError", "unexpected", "MFACTL_DEBUG=1"],
  ])("has words and a way out for %s", (name, kind, next) => {
    const failure = explainError(Object.assign(new Error("it went wrong"), { name }));
    expect(failure.kind).toBe(kind);
    expect(failure.message).toContain("it went wrong");
    expect(failure.next).toContain(next);
  });
});
