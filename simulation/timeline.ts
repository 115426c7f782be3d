import { createHash } from "node:crypto";

interface Entry {
  at: Date;
  who: string;
  what: string;
}

/** Everything that happened in a run, in order. The same seed must make the same timeline. */
export class Timeline {
  readonly #entries: Entry[] = [];
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  add(who: string, what: string): void {
    this.#entries.push({ at: this.#now(), who, what });
  }

  /** The same for the same timeline, and in all likelihood for no other. */
  hash(): string {
    const hash = createHash("sha256");
    for (const { at, who, what } of this.#entries) hash.update(`${at.getTime()}\t${who}\t${what}\n`);
    return hash.digest("hex").slice(0, 16);
  }

  /** What a person can read: with `about`, only what names one of these, and what names no user at all. */
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
