import type { Sink } from "./output.ts";

/**
 * Standard output and standard error in the order in which they are written to, where nothing reaches standard output before
 * `first` has resolved: a process may end on the way out, and a reader may keep it waiting for ever.
 */
export class Delivery {
  readonly stdout: Sink;
  readonly stderr: Sink;
  #last: Promise<unknown> = Promise.resolve();

  constructor(streams: { stdout: Sink; stderr: Sink }, first: () => Promise<unknown>) {
    const { stdout, stderr } = streams;
    this.stdout = {
      isTTY: stdout.isTTY,
      write: (text) => this.#next(async () => void (await first(), stdout.write(text))),
    };
    this.stderr = { isTTY: stderr.isTTY, write: (text) => this.#next(() => stderr.write(text)) };
  }

  /** Resolves when all that was written so far has gone out. */
  async done(): Promise<void> {
    await this.#last;
  }

  #next(write: () => unknown): void {
    this.#last = this.#last.then(write);
  }
}
