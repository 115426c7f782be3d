import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { commands } from "../../cli/commands.ts";
import { exitCodes } from "../../cli/exit/exit-codes.ts";
import { explainError } from "../../cli/exit/explain-error.ts";
import { run } from "../../cli/run.ts";
import { isColoured } from "../../cli/terminal/colour.ts";
import { Output } from "../../cli/terminal/output.ts";
import { table } from "../../cli/terminal/table.ts";
import { timeLeft } from "../../cli/windows/time-left.ts";
import { hour } from "../../shared/config/duration.ts";
import { systemClock } from "../../shared/runtime/clock.ts";
import { plus } from "../../shared/runtime/instants.ts";
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
    // Without the variables of node.env, which the tests have.
    const env = { PATH: process.env["PATH"] };
    const argv = ["bin/mfactl.mjs", `--local=${port}`, "list", "--json"];
    const { stdout, stderr } = await promisify(execFile)("node", argv, { env });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, now: start.toISOString(), windows: [{ sub }] });
  }, 20_000);

  it("says the code that it ends with", async () => {
    const spawned = promisify(execFile)("node", ["bin/mfactl.mjs", "list", "--overdue=yes"]);
    const stderr: unknown = expect.stringContaining("mfactl --help");
    await expect(spawned).rejects.toMatchObject({ code: 2, stderr });
  }, 20_000);

  it("finds the outputs of infra/outputs.yml on the local stack", () => {
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

  it("lists every exit code, and each has one meaning", async () => {
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

  it("shows the length of a drill's window as a duration, as docs/mfactl.md does", async () => {
    const { text } = await help("drill");
    expect(text.replace(/\s+/g, " ")).toContain("(default: 3m)");
    expect(readFileSync("docs/mfactl.md", "utf8")).toContain("mfactl drill [--for 3m]");
  });

  it("and docs/mfactl.md list the same exit codes and commands", async () => {
    const documented = readFileSync("docs/mfactl.md", "utf8");
    for (const [name, { code }] of Object.entries(exitCodes)) expect(documented).toContain(`| ${code} | \`${name}\` |`);
    for (const command of await listedCommands()) expect(documented).toContain(`mfactl ${command}`);
  });
});

describe("output", () => {
  const output = new Output({
    json: false,
    coloured: { stdout: false, stderr: false },
    showsProgress: false,
    stdout: { write: () => true },
    stderr: { write: () => true },
  });

  it.each([
    [-1, "██████████ 1h"],
    [30 * 60_000, "█████░░░░░ 30m"],
    [59 * 60_000, "█░░░░░░░░░ 1m"],
    [60 * 60_000, "░░░░░░░░░░ 0s past due"],
    [3 * hour, "░░░░░░░░░░ 2h past due"],
  ])("draws the time left %d ms after the opening as %s", (passed, bar) => {
    expect(timeLeft(output, { openedAt: start, dueAt: plus(start, hour) }, plus(start, passed))).toBe(bar);
  });

  const terminal = "xterm-256color";
  it.each([
    ["a terminal", true, { TERM: terminal }, true],
    ["no terminal", false, { TERM: terminal }, false],
    ["a terminal that can do nothing", true, { TERM: "dumb" }, false],
    ["NO_COLOR", true, { TERM: terminal, NO_COLOR: "1" }, false],
    ["an empty NO_COLOR, which is none", true, { TERM: terminal, NO_COLOR: "" }, true],
    ["NODE_DISABLE_COLORS", true, { TERM: terminal, NODE_DISABLE_COLORS: "1" }, false],
    ["FORCE_COLOR", false, { FORCE_COLOR: "1" }, true],
    ["FORCE_COLOR, which outdoes NO_COLOR", false, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
    ["FORCE_COLOR=0", true, { TERM: terminal, FORCE_COLOR: "0" }, false],
  ] satisfies [string, boolean, Record<string, string>, boolean][])("with %s", (_, isTTY, environment, coloured) => {
    expect(isColoured({ isTTY }, environment)).toBe(coloured);
  });

  const said = async (argv: string[], { stdout, stderr }: { stdout: boolean; stderr: boolean }, TERM = terminal) => {
    const text = { stdout: "", stderr: "" };
    await run(argv, {
      environment: { TERM },
      clock: systemClock,
      newId: () => "",
      stdout: { write: (more) => (text.stdout += more), isTTY: stdout },
      stderr: { write: (more) => (text.stderr += more), isTTY: stderr },
    });
    return text;
  };

  it("has colours on standard error depending on standard error, not on standard output", async () => {
    expect((await said(["clsoe"], { stdout: true, stderr: false })).stderr).toMatch(/^mfactl: unknown/);
    expect((await said(["clsoe"], { stdout: false, stderr: true })).stderr).toMatch(/^\u001b\[31mmfactl:/);
  });

  it("has them on standard output likewise, and moves no cursor of a terminal that can do nothing", async () => {
    const stack = await startMfactlStack();
    const local = `--local=${new URL(stack.aws.url).port}`;
    expect((await said([local, "failures"], { stdout: true, stderr: false })).stdout).toContain("\u001b[1mQUEUE");
    expect((await said([local, "failures"], { stdout: false, stderr: true })).stdout).toMatch(/^QUEUE/);
    expect((await said([local, "failures"], { stdout: false, stderr: true }, "dumb")).stderr).toBe("");
    await stack.stop();
  });

  it.each([
    ["open\u001b[2J\u0007\r\uFEFF", "'open\\u{1b}[2J\\u{7}\\u{d}\\u{feff}'"],
    ["--x\u009b31m\u202e", "'--x\\u{9b}31m\\u{202e}'"],
  ])("shows what could steer a terminal in a word of the command line", async (word, shown) => {
    const { stderr } = await said([word], { stdout: true, stderr: true });
    expect(stderr).toContain(shown);
    expect(stderr.replaceAll("\u001b[31m", "").replaceAll("\u001b[39m", "")).not.toMatch(/[\p{Cf}]|(?!\n)\p{Cc}/u);
  });

  it("escapes it in JSON, which means the same", async () => {
    const { stderr } = await said(["x\u009b\uFEFF\u{E0041}", "--json"], { stdout: false, stderr: false });
    expect(stderr).not.toMatch(/[\p{Cf}]|(?!\n)\p{Cc}/u);
    expect(JSON.parse(stderr)).toMatchObject({ error: { message: expect.stringContaining("x\u009b\uFEFF\u{E0041}") } });
  });

  it("prints the version of package.json", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    for (const option of ["--version", "-V"]) {
      expect(await said([option], { stdout: false, stderr: false })).toEqual({ stdout: `${version}\n`, stderr: "" });
    }
  });

  it.each([
    ["wide characters", "花子", 4],
    ["half-width kana", "ﾊﾅｺ", 3],
    ["half-width kana with a voiced mark", "ｶﾞｷﾞ", 4],
    ["a combining mark", "e\u0301", 1],
    ["a joined emoji", "👩‍👩‍👧", 2],
    ["a flag", "🇯🇵", 2],
    ["full-width punctuation", "＝＋", 4],
    ["a style", "\u001b[31mred\u001b[39m", 3],
  ])("keeps its columns under %s", (...row) => {
    const [text, width] = [String(row.at(-2)), Number(row.at(-1))];
    const columns = table(
      ["A", "X"],
      [
        [text, "1"],
        ["abcdefgh", "2"],
      ],
    ).split("\n");
    expect(columns).toEqual(["A         X", `${text}${" ".repeat(8 - width)}  1`, "abcdefgh  2"]);
  });
});

describe("explainError", () => {
  it.each([
    ["CredentialsProviderError", "permission", "aws sso login"],
    ["ExpiredTokenException", "permission", "aws sso login"],
    ["AccessDeniedException", "permission", "Ask for the permission"],
    ["TooManyRequestsException", "aws-failed", "Repeating is safe"],
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
