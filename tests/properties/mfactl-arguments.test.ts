import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Command } from "commander";
import fc from "fast-check";
import { commands } from "../../cli/commands.ts";
import { exitCodes } from "../../cli/exit/exit-codes.ts";
import { parseDuration } from "../../shared/config/duration.ts";
import { createSimulatedPool } from "../../simulation/pool.ts";
import { type MfactlStack, type Said, startMfactlStack } from "../support/mfactl-stack.ts";

let stack: MfactlStack;
/** All calls of mfactl: for the location of the local stack, and to AWS. */
let asked: string[] = [];
const fetchAsItIs = globalThis.fetch;

beforeAll(async () => {
  stack = await startMfactlStack({}, { createPool: createSimulatedPool });
  stack.aws.endpoint.faults = (call) => {
    if (call.caller === "local") asked.push(call.operation);
    return undefined;
  };
  globalThis.fetch = (...given) => {
    asked.push("the local stack");
    return fetchAsItIs(...given);
  };
  await stack.addUser("hanako@example.com");
});
afterAll(() => {
  globalThis.fetch = fetchAsItIs;
  return stack.stop();
});

const run = async (argv: string[]): Promise<Said> => {
  asked = [];
  return stack.mfactl(argv);
};

const program = new Command();
// Commands read the context only when they run, and none runs here.
for (const register of commands) register(program, undefined as never);
const commandNames = [...program.commands.map((command) => command.name()), "help"];
const optionNames = program.commands
  .flatMap(({ options }) => options.map(({ long }) => long ?? ""))
  // It would write files.
  .filter((option) => option !== "--output");

/** Text that an operating system can pass to a program, so without NUL. */
const text = fc
  .oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom('"', "'", "\\", "-", "=", "#", "$", " ", "\n", "\u001b[2J", "名", "1", "d") }),
    fc.constantFrom("", "__proto__", "constructor", "%s%n", "../../x", "x".repeat(20_000), "${HOME}", "-y", "99999"),
  )
  .map((given) => given.replaceAll("\0", ""));
const value = fc.constantFrom("1h", "0", "P1D", "-1h", "5", "2026-01-01", "due", "csv", "all", "hanako@example.com");
const word = fc.oneof(
  fc.constantFrom(...commandNames),
  fc.constantFrom(...optionNames, "--json", "--yes", "--stage", "--help", "-h", "--", "-"),
  fc.tuple(fc.constantFrom(...optionNames, "--json", "--local"), text).map(([option, more]) => `${option}=${more}`),
  value,
  text,
);

/** Checks the rules for every end. */
const expectWords = ({ code, stderr }: Said): void => {
  expect(Object.values(exitCodes).map((one) => one.code)).toContain(code);
  expect(code).not.toBe(exitCodes.unexpected.code);
  expect(stderr).not.toMatch(/^ {4}at /m);
  if (code !== 0) expect(stderr).toMatch(/^(mfactl: .|Usage: mfactl|\{\n {2}"version": 1,)/m);
  if (code === exitCodes.usage.code) expect(asked).toEqual([]);
};

describe("mfactl", () => {
  it("ends with its own exit code and a message for any command line, and makes no call if it is wrong", async () => {
    const argv = fc.oneof(
      fc.array(word, { maxLength: 8 }),
      fc
        .tuple(fc.constantFrom(...commandNames), fc.array(word, { maxLength: 6 }))
        .map(([name, more]) => [name, ...more]),
    );
    await fc.assert(
      fc.asyncProperty(argv, async (given) => expectWords(await run(given))),
      { numRuns: 1000 },
    );
  });
});

/** Valid command lines, with each option and its value in one word. */
const understood = [
  ["open", "hanako", "--reason=r", "--ticket=T-1", "--for=1h"],
  ["list", "--due-within=1h", "--overdue"],
  ["show", "hanako"],
  ["extend", "hanako", "--by=1h", "--reason=r"],
  ["close", "hanako", "--reason=r"],
  ["retry", "hanako", "--ticket=T-1"],
  ["failures", "--limit=5"],
  ["redrive", "due", "--rate=5"],
  ["export", "--from=2026-01-01", "--to=2026-02-01", "--format=csv"],
  ["replan", "--grace=2h", "--apply=new"],
  ["attach", "--dry-run"],
  ["detach", "--dry-run"],
  ["doctor"],
  ["drill", "--for=1m", "--email=drill@example.com"],
];
const requiredOptions: Record<string, string[]> = {
  open: ["--reason"],
  extend: ["--by"],
  export: ["--from", "--to"],
  replan: ["--grace"],
};
const isInstant = (given: string) => /^\d{4}-\d\d-\d\d/.test(given);
/** Returns whether an option accepts this value. */
const mayBe: Record<string, (given: string) => boolean> = {
  "--for": (given) => parseDuration(given) !== undefined,
  "--by": (given) => parseDuration(given) !== undefined,
  "--grace": (given) => parseDuration(given) !== undefined,
  "--due-within": (given) => parseDuration(given) !== undefined,
  "--limit": (given) => /^\d+$/.test(given),
  "--rate": (given) => /^\d+$/.test(given),
  "--from": isInstant,
  "--to": isInstant,
  "--format": (given) => given === "csv" || given === "jsonl",
  "--apply": (given) => given === "new" || given === "shorten" || given === "all",
  "--reason": (given) => given.trim() !== "" && given.trim().length <= 500,
  "--ticket": (given) => given.trim() !== "" && given.trim().length <= 100,
  "--email": (given) => given.includes("@"),
  "--stage": (given) => /^[a-z0-9]/i.test(given),
  "--stack-name": (given) => /^[a-z]/i.test(given),
  "--region": (given) => given === "" || /^[a-z]/i.test(given),
  "--local": (given) => /^=?\d/.test(given) && Number(given.replace("=", "")) <= 65_535,
};
const everywhere = ["--stage", "--stack-name", "--region", "--local"];

const isOperand = (junk: string) => !junk.startsWith("-");

type Breaker = (argv: string[], junk: string, at: number) => string[] | undefined;

/** Ways to make a command line invalid; undefined where one does not apply. */
const breakers: Record<string, Breaker> = {
  "an unknown command": ([, ...more], junk) =>
    isOperand(junk) && !commandNames.includes(junk) ? [junk, ...more] : undefined,
  "an unknown option": (argv, junk, at) => argv.toSpliced(1 + (at % argv.length), 0, `--x${junk}`),
  "an argument too many": (argv, junk, at) =>
    isOperand(junk) && !["retry", "redrive"].includes(argv[0] ?? "")
      ? argv.toSpliced(1 + (at % argv.length), 0, junk)
      : undefined,
  "a value where none belongs": (argv, junk) => [...argv, `--json=${junk}`],
  "an option without its value": (argv) => {
    const last = argv.at(-1)?.split("=") ?? [];
    return last.length === 2 ? [...argv.slice(0, -1), last[0] ?? ""] : undefined;
  },
  "a required option too few": (argv, _junk, at) => {
    const options = requiredOptions[argv[0] ?? ""];
    return options && argv.filter((one) => !one.startsWith(`${options[at % options.length]}=`));
  },
  "a value that cannot be": (argv, junk, at) => {
    const options = [...argv.filter((one) => one.includes("=")).map((one) => one.split("=")[0] ?? ""), ...everywhere];
    const option = options[at % options.length] ?? "";
    return mayBe[option]?.(junk) === false ? [...argv, `${option}=${junk}`] : undefined;
  },
  "the same twice, the other time wrong": (argv, junk) => {
    const option = argv.at(-1)?.split("=")[0] ?? "";
    return mayBe[option]?.(junk) === false ? argv.toSpliced(1, 0, `${option}=${junk}`) : undefined;
  },
  "what contradicts itself": (_argv, _junk, at) =>
    [
      ["retry"],
      ["retry", "hanako", "--all-overdue"],
      ["export", "--from=2026-02-01", "--to=2026-02-01"],
      ["replan", "--grace=1h", "--apply=all"],
    ][at % 4],
  "a user that cannot be": (argv, junk, at) =>
    argv[1] === "hanako"
      ? argv.with(1, ["", "hanako yamada", `hanako\n`, "x".repeat(129), ` ${junk}`][at % 5] ?? "")
      : undefined,
};

describe("mfactl refuses as wrong usage, without a call,", () => {
  it.each(Object.entries(breakers))("%s", async (_name, spoil) => {
    const line = fc.tuple(fc.constantFrom(...understood), text, fc.nat(20), fc.boolean());
    await fc.assert(
      fc.asyncProperty(line, async ([argv, junk, at, yes]) => {
        const spoilt = spoil(argv, junk, at);
        fc.pre(spoilt !== undefined);
        const said = await run(yes ? ["--yes", ...spoilt] : spoilt);
        expectWords(said);
        expect(said).toMatchObject({ code: exitCodes.usage.code, stdout: "" });
        expect(said.stderr).toMatch(/^mfactl: [^]+\n[^\n]+\.\n$/);
      }),
      { numRuns: 150 },
    );
  });

  it("no command line that is understood", async () => {
    for (const argv of understood) expect((await run([...argv, "--yes"])).code).not.toBe(exitCodes.usage.code);
  });
});
