import { createHash } from "node:crypto";

interface Entry {
  at: Date;
  who: string;
  what: string;
}

/** Records everything that happens in a run, in order. The same seed must make the same timeline. */
export class Timeline {
  readonly #entries: Entry[] = [];
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  add(who: string, what: string): void {
    this.#entries.push({ at: this.#now(), who, what });
  }

  /** Returns a hash of the timeline. */
  hash(): string {
    const hash = createHash("sha256");
    for (const { at, who, what } of this.#entries) hash.update(`${at.getTime()}\t${who}\t${what}\n`);
    return hash.digest("hex").slice(0, 16);
  }

  /** Returns readable lines. With `about`, only those that mention one of `names` or no user at all. */
  lines(about?: { names: readonly string[]; others: readonly string[] }): string[] {
    return this.#entries
      .filter(
        ({ what }) =>
          about === undefined ||
          about.names.some((name) => what.includes(name)) ||
          !about.others.some((name) => what.includes(name)),
      )
      .map(({ at, who, what }) => `${at.toISOString().slice(0, 23)}  ${who.padEnd(19)} ${what}`);
  }
}
