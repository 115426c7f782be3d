import { parseArgs } from "node:util";
import { formatDuration, parseDuration } from "../shared/config/duration.ts";

const usage = `Moves the clock of the local stack. Everything that falls due happens.

  npm run clock                shows the time
  npm run clock -- +1d         moves the clock a day ahead; also 30m, 12h, 1d12h or P1D
  npm run clock -- --port N    uses the stack on this port (default: 4566)
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
    console.error(
      `No answer from 127.0.0.1:${values.port}. Start the local stack with npm start, or pass its port with --port.`,
    );
    process.exitCode = 1;
  }
}
