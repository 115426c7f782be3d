import { styleText } from "node:util";
import type { Answer } from "./worker.ts";

/** Adds up the results of many runs. */
export class Tally {
  runs = 0;
  lives = 0;
  facts = 0;
  windows = 0;
  calls = 0;
  readonly faults = new Map<string, number>();
  readonly failed: Answer[] = [];

  add(run: Answer): void {
    this.runs += 1;
    this.lives += run.lives;
    this.facts += run.facts;
    this.windows += run.windows;
    this.calls += run.calls;
    for (const [kind, count] of Object.entries(run.faults)) this.faults.set(kind, (this.faults.get(kind) ?? 0) + count);
    if (run.violations.length > 0) this.failed.push(run);
  }

  /** Returns the lines of the final table. */
  lines(): string[] {
    const violations = this.failed.reduce((sum, { violations: all }) => sum + all.length, 0);
    const rows: [string, number][] = [
      ["seeds", this.runs],
      ["lives of users", this.lives],
      ["facts recorded", this.facts],
      ["windows", this.windows],
      ["calls to AWS", this.calls],
      ...[...this.faults]
        .sort(([, one], [, other]) => other - one)
        .map(([kind, count]): [string, number] => [`  ${kind}`, count]),
      ["violations", violations],
    ];
    const width = Math.max(...rows.map(([name]) => name.length));
    return rows.map(([name, count]) => `${name.padEnd(width)}  ${count.toLocaleString("en").padStart(12)}`);
  }
}

/** Shows progress on one line of stderr, if that is a terminal. */
export const progress = (total: number, what = "seeds") => {
  const { isTTY, columns } = process.stderr;
  let done = 0;
  return {
    step(failed: number): void {
      done += 1;
      if (!isTTY || (done % 10 !== 0 && done !== total)) return;
      const width = Math.max(10, Math.min(40, columns - 40));
      const filled = Math.round((done / total) * width);
      const bar = "█".repeat(filled) + "░".repeat(width - filled);
      const found = failed === 0 ? "" : styleText("red", `  ${failed} failed`);
      process.stderr.write(`\r${bar} ${done.toLocaleString("en")} of ${total.toLocaleString("en")} ${what}${found}`);
      if (done === total) process.stderr.write("\n");
    },
  };
};
