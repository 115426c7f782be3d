import type { LogFields, Telemetry } from "../../shared/telemetry/telemetry.ts";
import type { AuditEntry } from "./audit-entry.ts";
import type { AuditLog } from "./audit-log.ts";

/** The acts so far, as entries of the audit log. */
export interface AuditTrail {
  readonly entries: AuditEntry[];
  add(entry: AuditEntry): void;
  /** Resolves when the audit log has every entry. Rejects with the audit log's error. */
  written(): Promise<void>;
}

/**
 * Writes each entry at once, in the background, so that a command that crashes later has already been recorded. `written` tries
 * failed entries once more. Writes nothing when `log` is undefined.
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

/** Adds the lifecycle's log events to the trail and drops its metrics: only the functions publish metrics. */
export const auditTelemetry = ({ add }: Pick<AuditTrail, "add">, now: () => Date): Telemetry => {
  const keep = (event: string, fields: LogFields = {}) => add({ at: now().toISOString(), event, ...fields });
  return {
    log: { info: keep, warn: keep, error: keep },
    metrics: { add: () => undefined },
    flush: async () => undefined,
  };
};
