import type { Sink } from "./output.ts";

/**
 * Writes to standard output and standard error in the order of the calls. Writes to standard output wait until `first` resolves,
 * because the process may end, or a reader may block it forever, while it writes.
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

  /** Resolves when everything written so far has been passed to the streams. */
  async done(): Promise<void> {
    await this.#last;
  }

  #next(write: () => unknown): void {
    this.#last = this.#last.then(write);
  }
}
