import { randomUUID } from "node:crypto";
import { systemClock } from "../shared/runtime/clock.ts";
import { run } from "./run.ts";
import { asker } from "./terminal/ask.ts";
import { stopSignals } from "./terminal/interruption.ts";
import { standardStream } from "./terminal/standard-stream.ts";

const stop = new AbortController();
const crash = new AbortController();
let received: NodeJS.Signals | undefined;

/** Ends the process with the signal itself, so that a shell loop around mfactl stops too. */
const endBy = (signal: NodeJS.Signals, code: number): void => {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // A container's first process does not get signals that it does not handle, so exit here.
  setTimeout(() => process.exit(code), 500);
};

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (received !== undefined) return endBy(received, 130);
    received = signal;
    stop.abort(stopSignals[signal]);
  });
}
process.on("uncaughtException", (error) => crash.abort(error));

const stderr = standardStream(process.stderr);
const code = await run(process.argv.slice(2), {
  environment: process.env,
  clock: systemClock,
  newId: randomUUID,
  stdout: standardStream(process.stdout),
  stderr,
  stop: stop.signal,
  crash: crash.signal,
  ask: process.stdin.isTTY
    ? asker({ input: process.stdin, output: process.stderr }, stop.signal, () => process.kill(process.pid, "SIGINT"))
    : undefined,
});
process.exitCode = code;
if (received !== undefined) endBy(received, code);
else if (crash.signal.aborted) process.exit(code);
