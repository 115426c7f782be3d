import type { Telemetry } from "./telemetry.ts";

/**
 * Telemetry that is not loaded before there is something to tell: most sign-ins leave nothing. What is told is written
 * in its order, as soon as `load` has ended; `flush` waits for that, and throws when it failed. What is told next is loaded anew.
 */
export const lazyTelemetry = (load: () => Promise<Telemetry>): Telemetry => {
  let written: Promise<Telemetry> | undefined;
  const tell = (write: (telemetry: Telemetry) => void): void => {
    written = (written ?? load()).then((telemetry) => {
      write(telemetry);
      return telemetry;
    });
    // It is flush that fails: until then nobody waits, and Node ends a process for that.
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
