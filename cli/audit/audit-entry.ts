import type { LogFields } from "../../shared/telemetry/telemetry.ts";

export interface AuditEntry extends LogFields {
  at: string;
  event: string;
}
