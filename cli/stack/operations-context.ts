import type { Connection } from "./connection.ts";
import type { Context } from "./context.ts";

/** The parts of a deployed stack that attach, detach, doctor and drill use. Outputs that an older stack lacks are undefined. */
export type OperationsConnection = Omit<
  Connection,
  "outputs" | "stack" | "reports" | "accepted" | "audit" | "auditWritten"
> & {
  stack: Pick<Connection["stack"], "name">;
  outputs: Record<string, string | undefined> & { UserPoolId: string };
};

/** The parts of `Context` that these commands use. */
export interface OperationsContext {
  readonly output: Pick<Context["output"], "result" | "aside" | "progress">;
  connect(): Promise<OperationsConnection>;
  confirm: Context["confirm"];
  readonly interruption: Pick<Context["interruption"], "asked" | "check">;
}
