import { acceptedUntil } from "../shared/accept-window.ts";
import { withoutAddresses } from "../shared/telemetry.ts";
import type { ClosedWindow, Window } from "../shared/window.ts";

/** The version of the columns: a column is added at the end without a new one, none is taken away or renamed. */
const exportVersion = 1;

const text = (value: string | undefined): string | null => (value === undefined ? null : withoutAddresses(value));

const seconds = (from: Date, to: Date): number => Math.round((to.getTime() - from.getTime()) / 1000);

/** A window as it is exported: no username, which could be an address, and no address in what people wrote. */
export const exportRow = (window: Window | ClosedWindow) => {
  const closed = "closedAt" in window ? window : undefined;
  return {
    version: exportVersion,
    windowId: window.windowId,
    userPoolId: window.userPoolId,
    sub: window.sub,
    state: closed === undefined ? "open" : "closed",
    origin: window.origin,
    outcome: closed?.outcome ?? null,
    openedAt: window.openedAt.toISOString(),
    dueAt: window.dueAt.toISOString(),
    cap: window.cap.toISOString(),
    closedAt: closed?.closedAt.toISOString() ?? null,
    openSeconds: closed === undefined ? null : seconds(window.openedAt, closed.closedAt),
    latenessSeconds: closed === undefined ? null : Math.max(0, seconds(window.dueAt, closed.closedAt)),
    openedBy: window.openedBy?.by ?? null,
    reason: text(window.openedBy?.reason),
    ticket: text(window.openedBy?.ticket),
    changes: window.changes.map(({ kind, at, by, dueAt, until, reason, ticket }) => ({
      kind,
      at: at.toISOString(),
      by,
      dueAt: dueAt.toISOString(),
      ...(until && { until: until.toISOString() }),
      reason: text(reason),
      ticket: text(ticket),
    })),
    closeAskedBy: window.closeAsked?.by ?? null,
    closeReason: text(window.closeAsked?.reason),
    closeTicket: text(window.closeAsked?.ticket),
    resetsRequested: window.counts["reset-requested"],
    resetsConfirmed: window.counts["reset-confirmed"],
    signIns: window.counts["signed-in"],
    failedTries: window.attempts,
    lastError: window.lastFailure?.error ?? null,
    factorsBefore: window.factorsBefore.active,
    factorsAtClose: closed?.evidence?.before.active ?? null,
    factorsAfter: closed?.evidence?.after.active ?? null,
    acceptedUntil: window.accepted === undefined ? null : acceptedUntil(window.accepted).toISOString(),
    acceptedBy: window.accepted?.by ?? null,
    acceptedReason: text(window.accepted?.reason),
  };
};

export type ExportRow = ReturnType<typeof exportRow>;

export const jsonLinesOf = (rows: ExportRow[]): string => rows.map((row) => JSON.stringify(row)).join("\n");

/** RFC 4180, with the names of the columns first. Lists are JSON, and so are changes. */
export const csvOf = (rows: ExportRow[]): string =>
  [columns.join(","), ...rows.map((row) => columns.map((column) => cell(row[column])).join(","))].join("\r\n");

const columns = [
  "version",
  "windowId",
  "userPoolId",
  "sub",
  "state",
  "origin",
  "outcome",
  "openedAt",
  "dueAt",
  "cap",
  "closedAt",
  "openSeconds",
  "latenessSeconds",
  "openedBy",
  "reason",
  "ticket",
  "changes",
  "closeAskedBy",
  "closeReason",
  "closeTicket",
  "resetsRequested",
  "resetsConfirmed",
  "signIns",
  "failedTries",
  "lastError",
  "factorsBefore",
  "factorsAtClose",
  "factorsAfter",
  "acceptedUntil",
  "acceptedBy",
  "acceptedReason",
] as const satisfies (keyof ExportRow)[];

const cell = (value: ExportRow[keyof ExportRow]): string => {
  if (value === null) return "";
  const written = typeof value === "object" ? JSON.stringify(value) : String(value);
  // A spreadsheet would run what begins like this: https://owasp.org/www-community/attacks/CSV_Injection
  const harmless = typeof value === "string" && /^[=+\-@\t\r]/.test(written) ? `'${written}` : written;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};
