import { plus } from "../../shared/runtime/instants.ts";
import { withoutAddresses } from "../../shared/telemetry/telemetry.ts";
import { acceptedUntil } from "../../shared/windows/accept-window.ts";
import { retention } from "../../shared/windows/window.ts";
import type { ClosedWindow, Window } from "../../shared/windows/window.ts";

/** The version of the columns. New columns at the end keep the version; no column is ever removed or renamed. */
const exportVersion = 1;

/** One run of the export: its pool and period, when it read the table, and how many windows it found. */
export interface ExportRun {
  userPoolId: string;
  from: Date;
  to: Date;
  readAt: Date;
  exported: number;
}

/** Windows that closed before this instant may have expired from the table, so an earlier period can have gaps. */
export const keptFrom = ({ readAt }: Pick<ExportRun, "readAt">): Date => plus(readAt, -retention);

/** Describes the run in `--json` and on every record, so that a record can be read without the command line. */
export const runColumns = (run: ExportRun) => ({
  periodFrom: run.from.toISOString(),
  periodTo: run.to.toISOString(),
  readAt: run.readAt.toISOString(),
  keptFrom: keptFrom(run).toISOString(),
  exported: run.exported,
});

const text = (value: string | undefined): string | null => (value === undefined ? null : withoutAddresses(value));

const seconds = (from: Date, to: Date): number => Math.round((to.getTime() - from.getTime()) / 1000);

/** A window for the export: without the username, which may be an address, and without addresses in reasons and tickets. */
const windowRow = (window: Window | ClosedWindow, run: ExportRun) => {
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
    ...runColumns(run),
  };
};

type Column = keyof ReturnType<typeof windowRow>;

/** A record of the export. A column that does not apply is null. */
export type ExportRow = Record<string, string | number | null | object[] | string[]>;

export const exportRows = (windows: (Window | ClosedWindow)[], run: ExportRun): ExportRow[] =>
  windows.map((window) => windowRow(window, run));

/** The record of a run that found no window. A file without records could also be one that was never completed. */
export const noWindowRow = (run: ExportRun): ExportRow => ({
  ...Object.fromEntries(columns.map((column) => [column, null])),
  version: exportVersion,
  userPoolId: run.userPoolId,
  state: "none",
  ...runColumns(run),
});

export const columns = [
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
  "periodFrom",
  "periodTo",
  "readAt",
  "keptFrom",
  "exported",
] as const satisfies Column[];
