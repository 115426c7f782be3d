import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { instant } from "../../events/instant.ts";
import { day } from "../config/duration.ts";
import { plus } from "../runtime/instants.ts";
import { acceptedUntil, isAccepted } from "../windows/accept-window.ts";
import { dynamoLedger, type Ledger } from "./ledger.ts";

const schema = v.object({
  sub: v.string(),
  /**
   * When the window was due as it was accepted. The index `due` still has it there, unless a new reset has moved it.
   */
  dueAt: instant,
  until: instant,
  by: v.string(),
  at: instant,
  reason: v.optional(v.string()),
  ticket: v.optional(v.string()),
});

/** A known case: the user of the window, until when it is accepted, and by whom and why. */
export type AcceptedCase = v.InferOutput<typeof schema>;

/** How many acceptances are read at most. A window whose acceptance is not among them counts. */
export const mostAccepted = 1_000;

/** How long an acceptance is kept after its end, in milliseconds, so that a run notices the end. */
const keptAfterEnd = 30 * day;

/**
 * The ledger of a pool's acceptances, by the id of the window. The windows hold them too, but the index `due`, which
 * finds overdue windows, does not.
 */
export const acceptedWindows = (
  documents: DynamoDBDocumentClient,
  TableName: string,
  userPoolId: string,
): Ledger<AcceptedCase> => dynamoLedger(documents, TableName, { name: "accepted", userPoolId, schema });

/** The acceptances at some instant. */
export interface AcceptedWindows {
  /** Returns whether the window stays out of the counts. */
  has(window: { windowId: string }): boolean;
  /** Returns whether its acceptance has ended after `since`. Then the window is newly overdue again. */
  hasEndedSince(window: { windowId: string }, since: Date): boolean;
  /** Every window with an acceptance in the ledger, and when it was due then. */
  windows: { windowId: string; dueAt: Date }[];
  /** The acceptances that hold, the first to end first. */
  cases: AcceptedCase[];
}

/** Returns the acceptances in the ledger at `now`. */
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

/** Returns when DynamoDB may delete the entry of an acceptance. */
export const acceptanceExpiry = (entry: Pick<AcceptedCase, "until">): Date => plus(entry.until, keptAfterEnd);
