import type { Telemetry } from "./telemetry.ts";

/**
 * Telemetry that loads with the first line or metric: most sign-ins write none. Lines and metrics are written in their
 * order as soon as `load` has ended. `flush` waits for that, and throws if it failed; the next line or metric then
 * loads again.
 */
export const lazyTelemetry = (load: () => Promise<Telemetry>): Telemetry => {
  let written: Promise<Telemetry> | undefined;
  const tell = (write: (telemetry: Telemetry) => void): void => {
    written = (written ?? load()).then((telemetry) => {
      write(telemetry);
      return telemetry;
    });
    // Only flush reports the failure. Until then nothing awaits the promise, and Node ends a process for an unhandled
    // rejection.
    written.catch(() => undefined);
  };
  return {
    log: {
      info: (...line) => tell(({ log }) => log.info(...line)),
      warn: (...line) => tell(({ log }) => log.warn(...line)),
      error: (...line) => tell(({ log }) => log.error(...line)),
    },
    metrics: { add: (...value) => tell(({ metrics }) => metrics.add(...value)) },
    async flush() {
      try {
        await (await written)?.flush();
      } catch (error) {
        written = undefined;
        throw error;
      }
    },
  };
};
