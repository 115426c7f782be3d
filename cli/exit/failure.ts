import type { FailureKind } from "./exit-codes.ts";

/** Ends mfactl without success: a message, what to do next, and the exit code of `kind`. */
export class Failure extends Error {
  override name = "Failure";
  readonly kind: FailureKind;
  readonly next: string | undefined;
  /** Further fields of the error in `--json`, such as the open window or the candidates. */
  readonly details: Record<string, unknown>;

  constructor(
    kind: FailureKind,
    message: string,
    next?: string,
    { cause, ...details }: Record<string, unknown> & { cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.kind = kind;
    this.next = next;
    this.details = details;
  }
}
