import { parseArgs } from "node:util";
import { formatDuration, hour } from "../shared/config/duration.ts";
import { type BurstFigures, measureBurst } from "./burst/measure-burst.ts";
import { progress } from "./report.ts";

const usage = `Makes many windows fall due in the same minute, with and without a two-hour outage of Cognito in the middle.

  npm run burst                          100,000 users, 10 re-enables a second
  npm run burst -- --users N --rate R    N users (10 to 1000000), R re-enables a second (1 to 25)
`;

const options = {
  users: { type: "string", default: "100000" },
  rate: { type: "string", default: "10" },
  help: { type: "boolean", short: "h", default: false },
} as const;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const row = (figures: BurstFigures): string[] => [
  figures.outage === 0 ? "no" : formatDuration(figures.outage),
  String(figures.lost),
  `${figures.reached.toFixed(2)}/s = ${percent(figures.reached / figures.rate)}`,
  percent(figures.throttled),
  formatDuration(figures.drained),
  figures.outage === 0 ? "-" : `${figures.callsWhileDown.toFixed(1)}/s`,
  `${figures.freshReset} ms`,
  figures.alarmed ? "yes" : "no",
  `${figures.heap.before} → ${figures.heap.most} → ${figures.heap.after} MB`,
];

const header = [
  "Cognito down",
  "lost",
  "rate reached",
  "throttled",
  "drained in",
  "calls while down",
  "fresh reset on its window in",
  "alarm stood",
  "heap before → at most → after",
];

const { values } = parseArgs({ options });
const [users, rate] = [Number(values.users), Number(values.rate)];
if (values.help || !(users >= 10 && users <= 1_000_000) || !(rate >= 1 && rate <= 25)) {
  console.error(usage);
  process.exitCode = values.help ? 0 : 2;
} else {
  console.log(`${users.toLocaleString("en")} windows due in the same minute, ${rate} re-enables a second configured\n`);
  console.log(`| ${header.join(" | ")} |\n|${header.map(() => "---").join("|")}|`);
  for (const outage of [0, 2 * hour]) {
    const bar = progress(users, "windows");
    const figures = await measureBurst({ users, rate, outage, onProgress: () => bar.step(0) });
    console.log(`| ${row(figures).join(" | ")} |`);
    if (figures.lost > 0 || figures.throttled >= 0.01 || figures.reached < 0.95 * rate) process.exitCode = 1;
  }
}
