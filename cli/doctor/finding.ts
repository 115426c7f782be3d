import type { OperationsConnection } from "../stack/operations-context.ts";

/** The result of a check. `next` is what the operator should do about it. */
export interface Finding {
  check: string;
  status: "ok" | "warn" | "fail";
  found: string;
  next?: string;
}

export type Check = (connection: OperationsConnection) => Promise<Finding[]>;

export const ok = (check: string, found: string): Finding => ({ check, status: "ok", found });
export const warn = (check: string, found: string, next: string): Finding => ({ check, status: "warn", found, next });
export const fail = (check: string, found: string, next: string): Finding => ({ check, status: "fail", found, next });

export const deployAgain = "Deploy the stack again with this version.";

/** A stack of an older version lacks some outputs. */
export const notNamed = (check: string, output: string): Finding =>
  warn(check, `Not checked: the stack has no output ${output}.`, deployAgain);
