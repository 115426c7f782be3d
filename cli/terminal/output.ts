import { styleText } from "node:util";
import { exitCodes } from "../exit/exit-codes.ts";
import type { Failure } from "../exit/failure.ts";
import { table } from "./table.ts";
import { visible, visibleJson } from "./visible.ts";

/** Takes text: standard output, standard error, or a test's replacement. */
export interface Sink {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  /** Resolves when all text is written or lost: to the stream's error, or to undefined on success. */
  failure?(): Promise<NodeJS.ErrnoException | undefined>;
}

type Style = "bold" | "dim" | "red" | "green" | "yellow";

/** The version of every JSON document that mfactl prints. New fields keep the version; no field is ever removed or renamed. */
const jsonVersion = 1;

/** A command's output: text and tables for people, or one JSON document for programs with `--json`. */
export class Output {
  readonly json: boolean;
  readonly #stdout: Sink;
  readonly #stderr: Sink;
  readonly #coloured: { stdout: boolean; stderr: boolean };
  readonly #showsProgress: boolean;
  #inProgress = false;

  /** `coloured` and `showsProgress` describe what the streams support. */
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

  /** Prints a command's result: the document with `--json`, otherwise the lines. */
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

  /** Prints data unchanged for a program or a file. A terminal gets it without control characters. */
  text(text: string): void {
    const shown = this.#stdout.isTTY === true ? visible(text.replace(/^\uFEFF|\r(?=\n)/g, ""), false) : text;
    this.#stdout.write(`${shown}\n`);
  }

  /** Writes a file to standard output without adding a byte. */
  asIs(text: string): void {
    this.endProgress();
    this.#stdout.write(text);
  }

  /** Prints a message for people on standard error, next to the result. */
  aside(text: string): void {
    this.endProgress();
    this.#stderr.write(`${visible(text, this.#coloured.stderr)}\n`);
  }

  /** Shows the progress of long work on one line that is overwritten. Only on a terminal. */
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

  /** Styles text. A stream without colours drops the style. */
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

/** Makes untrusted text safe to print: replaces control characters, line ends and text-direction marks with spaces. */
export const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/gu, " ");

/** Adds the version to the document and escapes control characters. JSON.stringify escapes only those up to U+001F. */
const jsonOf = (document: Record<string, unknown>): string =>
  visibleJson(JSON.stringify({ version: jsonVersion, ...document }, null, 2));

/** `2026-01-15 10:00:00Z`. */
export const instant = (at: Date): string => `${at.toISOString().slice(0, 19).replace("T", " ")}Z`;

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
