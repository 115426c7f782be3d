import { availableParallelism } from "node:os";
import { parseArgs, styleText } from "node:util";
import { type Bug, bugs, seedsFor } from "./bugs.ts";
import { progress, Tally } from "./report.ts";
import { runSeeds } from "./run-seeds.ts";
import { simulate } from "./simulate-seed.ts";

const usage = `Simulates random lives of users under random faults, and checks the promises. See docs/reliability.md.

  npm run simulate -- --seeds N [--from M]   runs N seeds from M (default: 1)
  npm run simulate -- --seed N               runs one seed and prints its timeline; --user NAME: only for this user
  npm run simulate -- … --bug NAME           runs with a deliberate bug in the wiring
  npm run simulate -- --bugs                 prints every deliberate bug, and a seed that finds it

Exits with 1 when a promise was broken (with --bugs: when a bug was not found).
`;

const options = {
  seeds: { type: "string" },
  from: { type: "string", default: "1" },
  seed: { type: "string" },
  user: { type: "string" },
  bug: { type: "string" },
  bugs: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

class UsageError extends Error {}

const number = (name: string, text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--${name} ${text}: must be a whole number from 1.`);
  return Number(text);
};

const bugNamed = (name: string | undefined): Bug | undefined => {
  const bug = bugs.find((one) => one.name === name);
  if (name === undefined || bug !== undefined) return bug;
  throw new UsageError(`There is no bug ${name}. The bugs are: ${bugs.map((one) => one.name).join(", ")}.`);
};

const range = function* (from: number, count: number, bug: Bug | undefined) {
  for (let seed = from; seed < from + count; seed += 1) yield { seed, bug: bug?.name };
};

const tasksFor = function* (bug: Bug) {
  for (const seed of seedsFor(bug)) yield { seed, bug: bug.name };
};

const one = async (seed: number, user: string | undefined, bug: Bug | undefined): Promise<number> => {
  const run = await simulate(seed, bug);
  for (const line of run.timeline(user)) console.log(line);
  console.log(`\nseed ${seed}, trace ${run.hash}: ${run.lives} lives, ${run.facts} facts, ${run.windows} windows`);
  for (const { at, rule, username } of run.violations) {
    console.log(styleText("red", `${at.toISOString()}  ${rule}${username === undefined ? "" : ` (${username})`}`));
  }
  return run.violations.length === 0 ? 0 : 1;
};

const many = async (from: number, count: number, bug: Bug | undefined): Promise<number> => {
  const tally = new Tally();
  const bar = progress(count);
  await runSeeds(range(from, count, bug), availableParallelism(), (run) => {
    tally.add(run);
    bar.step(tally.failed.length);
    return "go on";
  });
  console.log(tally.lines().join("\n"));
  const [first] = tally.failed.sort((a, b) => a.seed - b.seed);
  if (first === undefined) return 0;
  const seeds = tally.failed.map(({ seed }) => seed).slice(0, 20);
  console.log(styleText("red", `\nSeeds that broke a promise: ${seeds.join(", ")}. The first one:\n`));
  return one(first.seed, first.violations.find(({ username }) => username !== undefined)?.username, bug);
};

const everyBug = async (): Promise<number> => {
  let missed = 0;
  for (const bug of bugs) {
    const found: { seed: number; rule: string }[] = [];
    await runSeeds(tasksFor(bug), availableParallelism(), ({ seed, violations: [violation] }) => {
      if (violation !== undefined) found.push({ seed, rule: violation.rule });
      return violation === undefined ? "go on" : "enough";
    });
    const [first] = found.sort((a, b) => a.seed - b.seed);
    if (first === undefined) missed += 1;
    const outcome = first === undefined ? styleText("red", "not found") : `seed ${first.seed}: ${first.rule}`;
    console.log(`${bug.name.padEnd(22)} ${bug.what.padEnd(66)} ${outcome} (within ${bug.within})`);
  }
  return missed === 0 ? 0 : 1;
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({ options });
  const bug = bugNamed(values.bug);
  if (values.bugs) return everyBug();
  if (values.seed !== undefined) return one(number("seed", values.seed), values.user, bug);
  if (values.seeds !== undefined) return many(number("from", values.from), number("seeds", values.seeds), bug);
  console.log(usage);
  return values.help ? 0 : 2;
};

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof TypeError && "code" in error)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
