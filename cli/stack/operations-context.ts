import type { Context } from "../context.ts";
import type { Connection } from "./connection.ts";

/** As much of a deployed stack as attach, detach, doctor and drill look at; what an older one lacks is undefined. */
export type OperationsConnection = Omit<
  Connection,
  "outputs" | "stack" | "reports" | "accepted" | "audit" | "auditWritten"
> & {
  stack: Pick<Connection["stack"], "name">;
  outputs: Record<string, string | undefined> & { UserPoolId: string };
};

/** As much of mfactl as these commands need. */
export interface OperationsContext {
  readonly output: Pick<Context["output"], "result" | "aside" | "progress">;
  connect(): Promise<OperationsConnection>;
  confirm: Context["confirm"];
  readonly interruption: Pick<Context["interruption"], "asked" | "check">;
}
