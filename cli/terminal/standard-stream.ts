import type { Sink } from "./output.ts";

/** The part of process.stdout that is used. */
interface Stream {
  isTTY?: boolean;
  write(text: string, written?: () => void): boolean;
  on(event: "error", listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** Wraps standard output or standard error. When the stream fails, the process continues and writes nothing more. */
export const standardStream = (stream: Stream): Required<Sink> => {
  let failure: NodeJS.ErrnoException | undefined;
  const fail = (error: unknown) => {
    failure ??= error instanceof Error ? error : new Error(String(error));
  };
  // A pipe reports errors with an event; a file such as /dev/full may throw.
  stream.on("error", fail);
  return {
    isTTY: stream.isTTY ?? false,
    write(text) {
      if (failure !== undefined) return;
      try {
        stream.write(text);
      } catch (error) {
        fail(error);
      }
    },
    async failure() {
      if (failure === undefined) {
        await new Promise<void>((resolve) => {
          try {
            stream.write("", () => resolve());
          } catch (error) {
            fail(error);
            resolve();
          }
        });
        // The error event of an earlier write comes after its callback.
        await new Promise((resolve) => setImmediate(resolve));
      }
      return failure;
    },
  };
};
