import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { countCalls, listCalls } from "./calls.ts";
import { measureColdStart } from "./cold-start.ts";
import { measureCommands } from "./commands.ts";
import { measureLateness } from "./lateness.ts";
import { measureLogSizes } from "./log-sizes.ts";
import { listMoney } from "./money.ts";
import { liveOneLife } from "./one-life.ts";
import { measureReconcile } from "./reconcile.ts";
import { measureWarm } from "./warm.ts";

const { values } = parseArgs({ options: { all: { type: "boolean", default: false } } });
const folder = await mkdtemp(join(tmpdir(), "bench-"));
const sections: string[] = [];

const section = async (title: string, ...measure: (() => string | Promise<string>)[]): Promise<void> => {
  const parts = [`## ${title}`];
  for (const one of measure) parts.push(await one());
  sections.push(parts.join("\n\n"));
  console.log(`\n${parts.join("\n\n")}`);
};

await section(
  "Cold start",
  () =>
    "Medians over separate processes, in turns. The last columns are from the start of the import to the answer to the first event, over loopback without TLS.",
  () => measureColdStart(folder, 15),
);
await section(
  "Warm",
  () => "In one process, in turns, over loopback without TLS.",
  () => measureWarm(folder, 3000),
);
const life = await liveOneLife();
await section(
  "Calls to AWS in one whole life",
  () => countCalls(life),
  () => listCalls(life),
);
await section(
  "Money, USD a month",
  () =>
    "bench/prices.json has the prices, their sources and the assumptions. Without free tiers, metrics, alarms, and the cost of Cognito's users and mail.",
  async () => listMoney(life, await measureLogSizes(join(folder, "functions/post-confirmation/index.mjs"))),
);
await section(
  "Re-enable after due",
  () =>
    "On the local clock: the delays of Scheduler, the queue and the reconciler, without the time that Lambda and Cognito take.",
  () => measureLateness(500),
);
await section(
  "Reconcile",
  () =>
    "How much of the index one run of the real function reads. It counts up to 1,000 open windows that are not due, for the dashboard.",
  () => measureReconcile(),
);
await section("Commands", () => measureCommands(values.all));

const [cpu] = cpus();
const machine = `${cpu?.model ?? "unknown"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
const head = `# Results of npm run bench\n\n${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${process.platform} ${process.arch}, ${machine}. Compare the ratios, not the times: those depend on the machine.`;
await writeFile(new URL("results.md", import.meta.url), `${[head, ...sections].join("\n\n")}\n`);
await rm(folder, { recursive: true });
process.exit(0);
