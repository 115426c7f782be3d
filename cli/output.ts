import { styleText } from "node:util";
import type { Failure } from "./failure.ts";
import { exitCodes } from "./exit-codes.ts";
import { table } from "./table.ts";

/** Where text goes: standard output and standard error, or what a test puts there. */
export interface Sink {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
}

type Style = Parameters<typeof styleText>[0];

/** The version of every JSON that mfactl prints: a field is added without a new one, none is taken away or renamed. */
export const jsonVersion = 1;

/** What a command says: words and tables for people, or with `--json` one JSON document for programs. */
export class Output {
  readonly json: boolean;
  readonly #stdout: Sink;
  readonly #stderr: Sink;
  readonly #colour: boolean;
  #inProgress = false;

  constructor(options: { json: boolean; stdout: Sink; stderr: Sink; colour: boolean }) {
    this.json = options.json;
    this.#stdout = options.stdout;
    this.#stderr = options.stderr;
    this.#colour = options.colour;
  }

  /** Ends a command: the document with `--json`, and otherwise the lines. */
  result(document: Record<string, unknown>, lines: () => (string | undefined)[]): void {
    this.endProgress();
    if (this.json) this.#stdout.write(`${jsonOf(document)}\n`);
    else
      this.text(
        lines()
          .filter((line) => line !== undefined)
          .join("\n"),
      );
  }

  text(text: string): void {
    this.#stdout.write(`${text}\n`);
  }

  /** For people only, beside the result. */
  aside(text: string): void {
    this.endProgress();
    this.#stderr.write(`${text}\n`);
  }

  /** How far long work has got: one line that is written over, where there is a terminal. */
  progress(text: string): void {
    if (this.#stderr.isTTY !== true) return;
    this.#inProgress = true;
    this.#stderr.write(`\r\u001b[K${text}`);
  }

  endProgress(): void {
    if (this.#inProgress) this.#stderr.write("\r\u001b[K");
    this.#inProgress = false;
  }

  table(headings: string[], rows: string[][]): string {
    return table(
      headings.map((heading) => this.style("bold", heading)),
      rows,
    );
  }

  style(style: Style, text: string): string {
    return this.#colour ? styleText(style, text, { validateStream: false }) : text;
  }

  failure(failure: Failure, debug: boolean): void {
    this.endProgress();
    if (this.json) {
      const { code } = exitCodes[failure.kind];
      const error = { code, kind: failure.kind, message: failure.message, next: failure.next, ...failure.details };
      this.#stderr.write(`${jsonOf({ error })}\n`);
    } else {
      this.#stderr.write(`${this.style("red", "mfactl:")} ${failure.message}\n`);
      if (failure.next !== undefined) this.#stderr.write(`${failure.next}\n`);
    }
    if (debug) this.#stderr.write(`${stackOf(failure)}\n`);
  }
}

const stackOf = ({ stack, cause }: Error): string => (cause instanceof Error ? stackOf(cause) : (stack ?? ""));

/** Text from elsewhere, without what could steer a terminal or turn the text around it: controls, line ends, directions. */
export const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/gu, " ");

const escaped = (text: string): string =>
  text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** The document with its version. What a terminal could obey is escaped: JSON.stringify does that up to U+001F only. */
const jsonOf = (document: Record<string, unknown>): string =>
  JSON.stringify({ version: jsonVersion, ...document }, null, 2).replace(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu, escaped);

/** `2026-01-15 10:00:00Z`. */
export const instant = (at: Date): string => `${at.toISOString().slice(0, 19).replace("T", " ")}Z`;

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
