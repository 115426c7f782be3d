import { styleText } from "node:util";
import { exitCodes } from "../exit-codes.ts";
import type { Failure } from "../failure.ts";
import { table } from "./table.ts";
import { visible, visibleJson } from "./visible.ts";

/** Where text goes: standard output and standard error, or what a test puts there. */
export interface Sink {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  /** What the stream failed with, once all that was written is out or lost; undefined when all went out. */
  failure?(): Promise<NodeJS.ErrnoException | undefined>;
}

type Style = "bold" | "dim" | "red" | "green" | "yellow";

/** The version of every JSON that mfactl prints: a field is added without a new one, none is taken away or renamed. */
const jsonVersion = 1;

/** What a command says: words and tables for people, or with `--json` one JSON document for programs. */
export class Output {
  readonly json: boolean;
  readonly #stdout: Sink;
  readonly #stderr: Sink;
  readonly #coloured: { stdout: boolean; stderr: boolean };
  readonly #showsProgress: boolean;
  #inProgress = false;

  /** `coloured` and `showsProgress` say what the streams can do. */
  constructor(options: {
    json: boolean;
    stdout: Sink;
    stderr: Sink;
    coloured: { stdout: boolean; stderr: boolean };
    showsProgress: boolean;
  }) {
    this.json = options.json;
    this.#stdout = options.stdout;
    this.#stderr = options.stderr;
    this.#coloured = options.coloured;
    this.#showsProgress = options.showsProgress;
  }

  /** Ends a command: the document with `--json`, and otherwise the lines. */
  result(document: Record<string, unknown>, lines: () => (string | undefined)[]): void {
    this.endProgress();
    if (this.json) {
      this.#stdout.write(`${jsonOf(document)}\n`);
      return;
    }
    const text = lines()
      .filter((line) => line !== undefined)
      .join("\n");
    this.#stdout.write(`${visible(text, this.#coloured.stdout)}\n`);
  }

  /** Data for a program or a file, as it is; a terminal gets it as it may be printed. */
  text(text: string): void {
    const shown = this.#stdout.isTTY === true ? visible(text.replace(/^\uFEFF|\r(?=\n)/g, ""), false) : text;
    this.#stdout.write(`${shown}\n`);
  }

  /** A file on standard output: not a byte is added. */
  asIs(text: string): void {
    this.endProgress();
    this.#stdout.write(text);
  }

  /** For people only, beside the result. */
  aside(text: string): void {
    this.endProgress();
    this.#stderr.write(`${visible(text, this.#coloured.stderr)}\n`);
  }

  /** How far long work has got: one line that is written over, where there is a terminal. */
  progress(text: string): void {
    if (!this.#showsProgress) return;
    this.#inProgress = true;
    this.#stderr.write(`\r\u001b[K${visible(text, false)}`);
  }

  endProgress(): void {
    if (this.#inProgress) this.#stderr.write("\r\u001b[K");
    this.#inProgress = false;
  }

  table(headings: string[], rows: string[][]): string {
    return table(
      headings.map((heading) => this.style("bold", heading)),
      rows.map((row) => row.map((cell) => visible(cell, true))),
    );
  }

  /** Styled text, which loses its style on a stream that is not coloured. */
  style(style: Style, text: string): string {
    const { stdout, stderr } = this.#coloured;
    return stdout || stderr ? styleText(style, text, { validateStream: false }) : text;
  }

  failure(failure: Failure, debug: boolean): void {
    this.endProgress();
    if (this.json) {
      const { code } = exitCodes[failure.kind];
      const error = { code, kind: failure.kind, message: failure.message, next: failure.next, ...failure.details };
      this.#stderr.write(`${jsonOf({ error })}\n`);
    } else {
      this.aside(`${this.style("red", "mfactl:")} ${failure.message}`);
      if (failure.next !== undefined) this.aside(failure.next);
    }
    if (debug) this.aside(stackOf(failure));
  }
}

const stackOf = ({ stack, cause }: Error): string => (cause instanceof Error ? stackOf(cause) : (stack ?? ""));

/** Text from elsewhere, without what could steer a terminal or turn the text around it: controls, line ends, directions. */
export const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/gu, " ");

/** The document with its version. What a terminal could obey is escaped: JSON.stringify does that up to U+001F only. */
const jsonOf = (document: Record<string, unknown>): string =>
  visibleJson(JSON.stringify({ version: jsonVersion, ...document }, null, 2));

/** `2026-01-15 10:00:00Z`. */
export const instant = (at: Date): string => `${at.toISOString().slice(0, 19).replace("T", " ")}Z`;

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
