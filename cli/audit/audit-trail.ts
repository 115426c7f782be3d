import type { LogFields, Telemetry } from "../../shared/telemetry/telemetry.ts";
import type { AuditEntry } from "./audit-entry.ts";
import type { AuditLog } from "./audit-log.ts";

/** What was done so far, in the words of the audit log, which gets it as soon as it is done. */
export interface AuditTrail {
  readonly entries: AuditEntry[];
  add(entry: AuditEntry): void;
  /** Resolves when the audit log has every entry. Rejects with what it threw. */
  written(): Promise<void>;
}

/**
 * Writes each entry at once, without making the command wait: one that dies has left its trace. What could not be written is
 * tried once more when `written` is called. Without a log nothing is written.
 */
export const auditTrail = (log: AuditLog | undefined): AuditTrail => {
  const entries: AuditEntry[] = [];
  let done = 0;
  let failed = false;
  let writing = Promise.resolve();
  const writeNew = async (): Promise<void> => {
    const fresh = entries.slice(done);
    if (fresh.length === 0) return;
    await log?.write(fresh);
    done += fresh.length;
  };
  return {
    entries,
    add(entry) {
      entries.push(entry);
      writing = writing
        .then(() => (failed ? undefined : writeNew()))
        .catch(() => {
          failed = true;
        });
    },
    async written() {
      await writing;
      await writeNew();
    },
  };
};

/** Keeps what the lifecycle logs. Metrics are the functions' own: a terminal has nowhere to put them. */
export const auditTelemetry = ({ add }: Pick<AuditTrail, "add">, now: () => Date): Telemetry => {
  const keep = (event: string, fields: LogFields = {}) => add({ at: now().toISOString(), event, ...fields });
  return {
    log: { info: keep, warn: keep, error: keep },
    metrics: { add: () => undefined },
    flush: async () => undefined,
  };
};
