import { parseArgs } from "node:util";
import { formatDuration, parseDuration } from "../shared/config/duration.ts";

const usage = `Moves the clock of the local stack, and lets happen what falls due.

  npm run clock                what time it is
  npm run clock -- +1d         a day later; 30m, 12h, 1d12h, P1D alike
  npm run clock -- --port N    where the stack listens (4566 unless given)
`;

const { values, positionals } = parseArgs({
  options: { port: { type: "string", default: "4566" }, help: { type: "boolean", short: "h" } },
  allowPositionals: true,
});
const by = positionals[0] === undefined ? 0 : parseDuration(positionals[0].replace(/^\+/, ""));

if (values.help) console.log(usage);
else if (by === undefined || positionals.length > 1) {
  console.error(`"${positionals.join(" ")}" is not a duration such as +30m, +12h or +1d.\n\n${usage}`);
  process.exitCode = 2;
} else {
  const url = `http://127.0.0.1:${values.port}/_local/clock`;
  try {
    const response = await fetch(url, by === 0 ? {} : { method: "POST", body: JSON.stringify({ advanceBy: by }) });
    const { now } = (await response.json()) as { now: string };
    console.log(by === 0 ? `It is ${now}.` : `The clock moved by ${formatDuration(by)}. It is ${now}.`);
  } catch {
    console.error(`Nothing answers on 127.0.0.1:${values.port}. Is the local stack running (npm start)? See --port.`);
    process.exitCode = 1;
  }
}
