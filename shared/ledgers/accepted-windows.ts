import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { instant } from "../../events/instant.ts";
import { day } from "../config/duration.ts";
import { plus } from "../runtime/instants.ts";
import { acceptedUntil, isAccepted } from "../windows/accept-window.ts";
import { dynamoLedger, type Ledger } from "./ledger.ts";

const schema = v.object({
  sub: v.string(),
  /** When the window was due as it was accepted: where the index `due` has it, unless a new reset has moved it. */
  dueAt: instant,
  until: instant,
  by: v.string(),
  at: instant,
  reason: v.optional(v.string()),
  ticket: v.optional(v.string()),
});

/** A known case: whose window it is, until when it is accepted, and by whom and why. */
export type AcceptedCase = v.InferOutput<typeof schema>;

/** The most acceptances that are read; a window whose acceptance is not among them counts. */
export const mostAccepted = 1_000;

/** How long after its end an acceptance is kept, so that its end is noticed: in milliseconds. */
const keptAfterEnd = 30 * day;

/**
 * The acceptances of a pool, by the id of the window. They stand on the windows too; the index `due`, by which overdue windows are
 * found, does not hold them.
 */
export const acceptedWindows = (
  documents: DynamoDBDocumentClient,
  TableName: string,
  userPoolId: string,
): Ledger<AcceptedCase> => dynamoLedger(documents, TableName, { name: "accepted", userPoolId, schema });

/** Which windows are accepted at some instant. */
export interface AcceptedWindows {
  /** Whether the window is left out of what is counted. */
  has(window: { windowId: string }): boolean;
  /** Whether its acceptance has ended, after `since`: then the window is newly overdue once more. */
  hasEndedSince(window: { windowId: string }, since: Date): boolean;
  /** Every window that an acceptance is kept of, and when it was due then. */
  windows: { windowId: string; dueAt: Date }[];
  /** Those that hold, the first to end first. */
  cases: AcceptedCase[];
}

/** What the entries of the ledger say at `now`. */
export const acceptedAt = (entries: { key: string; entry: AcceptedCase }[], now: Date): AcceptedWindows => {
  const byWindow = new Map(entries.map(({ key, entry }) => [key, entry]));
  const until = (entry: AcceptedCase) => acceptedUntil(entry).getTime();
  return {
    has: ({ windowId }) => isAccepted(byWindow.get(windowId), now),
    hasEndedSince({ windowId }, since) {
      const entry = byWindow.get(windowId);
      return entry !== undefined && since.getTime() < until(entry) && until(entry) <= now.getTime();
    },
    windows: entries.map(({ key, entry }) => ({ windowId: key, dueAt: entry.dueAt })),
    cases: [...byWindow.values()]
      .filter((entry) => isAccepted(entry, now))
      .sort((one, other) => until(one) - until(other)),
  };
};

/** When DynamoDB may delete the entry of an acceptance. */
export const acceptanceExpiry = (entry: Pick<AcceptedCase, "until">): Date => plus(entry.until, keptAfterEnd);
