import type { Sink } from "./output.ts";

/** As much of process.stdout as is used. */
interface Stream {
  isTTY?: boolean;
  write(text: string, written?: () => void): boolean;
  on(event: "error", listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** Standard output or standard error. When it fails, the process goes on, and nothing more is written. */
export const standardStream = (stream: Stream): Required<Sink> => {
  let failure: NodeJS.ErrnoException | undefined;
  const fail = (error: unknown) => {
    failure ??= error instanceof Error ? error : new Error(String(error));
  };
  // A pipe fails by an event, and a file such as /dev/full may throw.
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
        // The event of an earlier write follows its callback.
        await new Promise((resolve) => setImmediate(resolve));
      }
      return failure;
    },
  };
};
