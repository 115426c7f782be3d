// Calls everything in turns, so that other load on the machine affects all alike. Prints milliseconds by name.
import { readFileSync } from "node:fs";

const [file, rounds, confirmed, signedIn] = process.argv.slice(2);
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const { calls } = await import(file);
const times = Object.entries(calls(read(confirmed), read(signedIn))).map(([name, call]) => ({ name, call, taken: [] }));
const warmUp = 300;
for (let round = 0; round < Number(rounds) + warmUp; round += 1) {
  for (const { call, taken } of times) {
    const start = process.hrtime.bigint();
    await call();
    if (round >= warmUp) taken.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
}
// process.exit would lose output that is still in the pipe.
process.stdout.write(
  `\nRESULT ${JSON.stringify(Object.fromEntries(times.map(({ name, taken }) => [name, taken])))}\n`,
  () => process.exit(0),
);
