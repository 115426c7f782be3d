import * as v from "valibot";
import { record, type FactRecord } from "../events/record.ts";

/** A fact that reached the RECORDS queue, and the fate of its messages. */
export interface LedgerEntry {
  fact: FactRecord;
  enqueuedAt: Date;
  /** When record-reset first reported it as handled. */
  handledAt?: Date;
  /** Whether the queue was purged while it contained the fact. */
  isPurged: boolean;
  /** Whether the table knew at that time that the user had Email MFA. */
  isKnown: boolean;
}

const message = v.pipe(v.string(), v.parseJson(), record);

/** Observes everything that was ever on the RECORDS queue. */
export class FactLedger {
  readonly entries = new Map<string, LedgerEntry>();
  /** The ids of records that no trigger sent. */
  readonly forged = new Set<string>();

  enqueued(body: string, at: Date, isKnown: (fact: FactRecord) => boolean): void {
    const fact = factOf(body);
    if (fact !== undefined && !this.entries.has(fact.id) && !this.forged.has(fact.id)) {
      this.entries.set(fact.id, { fact, enqueuedAt: at, isPurged: false, isKnown: isKnown(fact) });
    }
  }

  /** Returns the number of this user's facts so far. */
  countOf(sub: string): number {
    return [...this.entries.values()].filter(({ fact }) => fact.sub === sub).length;
  }

  handled(body: string, at: Date): void {
    const entry = this.entries.get(factOf(body)?.id ?? "");
    if (entry !== undefined) entry.handledAt ??= at;
  }

  purged(): void {
    for (const entry of this.entries.values()) if (entry.handledAt === undefined) entry.isPurged = true;
  }
}

/** Returns the fact in a message, or undefined when it has none. */
export const factOf = (body: string): FactRecord | undefined => {
  const parsed = v.safeParse(message, body);
  return parsed.success ? parsed.output : undefined;
};
