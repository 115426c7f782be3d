import type { LogFields } from "../../shared/telemetry/telemetry.ts";

/** An act of an operator, as the audit log keeps it. */
export interface AuditEntry extends LogFields {
  at: string;
  event: string;
}
