// Calls everything in turns, so that what the machine does besides hits all alike. Prints milliseconds by name.
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
// What is still in the pipe would be lost with the process.
process.stdout.write(
  `\nRESULT ${JSON.stringify(Object.fromEntries(times.map(({ name, taken }) => [name, taken])))}\n`,
  () => process.exit(0),
);
