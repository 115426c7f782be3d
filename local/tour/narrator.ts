import { styleText } from "node:util";

/** A step of the tour failed. */
export class TourFailure extends Error {
  override name = "TourFailure";
}

/** Prints the tour: each step with the simulated time, its calls and their results. */
export class Narrator {
  readonly #now: () => Date;
  readonly #write: (line: string) => void;
  #step = "the start";

  constructor(now: () => Date, write: (line: string) => void) {
    this.#now = now;
    this.#write = write;
  }

  /** Returns a narrator that prints nothing. Its checks still fail. */
  silently(): Narrator {
    const silent = new Narrator(this.#now, () => undefined);
    silent.#step = this.#step;
    return silent;
  }

  chapter(title: string): void {
    this.#write("");
    this.#write(styleText("bold", title));
  }

  step(title: string): void {
    this.#step = title;
    this.#write(`${styleText("dim", `${this.#now().toISOString().slice(0, 16).replace("T", " ")}`)}  ${title}`);
  }

  /** Makes a call and prints its result, formatted by `show`. A call that throws fails the step. */
  async call<Output>(name: string, send: () => Promise<Output>, show: (output: Output) => string): Promise<Output> {
    try {
      const output = await send();
      this.#tell(name, show(output));
      return output;
    } catch (error) {
      throw this.failure(`${name} threw ${describe(error)}`);
    }
  }

  /** Makes a call that must be refused with this error and this message. */
  async refused(name: string, send: () => Promise<unknown>, error: string, message: string): Promise<void> {
    const thrown: unknown = await send().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(thrown instanceof Error)) throw this.failure(`${name} was not refused`);
    this.#tell(name, describe(thrown));
    this.check(`${name} is refused with ${error}`, thrown.name === error && thrown.message === message);
  }

  /** Prints a quoted text, such as a mail. */
  quote(text: string): void {
    for (const line of text.split(/<br>\n?|\n/)) this.#write(styleText("dim", `                    │ ${line.trim()}`));
  }

  say(text: string): void {
    this.#write(`                  ${text}`);
  }

  check(fact: string, holds: boolean): void {
    if (!holds) throw this.failure(`this is not true: ${fact}`);
    this.#write(`                  ${styleText("green", "✓")} ${fact}`);
  }

  /** Returns the error to throw when the current step fails. */
  failure(why: string): TourFailure {
    return new TourFailure(`${this.#step}: ${why}`);
  }

  #tell(name: string, outcome: string): void {
    this.#write(`                  ${styleText("cyan", name)} → ${outcome}`);
  }
}

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
