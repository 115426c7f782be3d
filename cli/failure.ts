import type { FailureKind } from "./exit-codes.ts";

/** What mfactl ends with when it did not do what it was asked: in words, with what to do next. */
export class Failure extends Error {
  override name = "Failure";
  readonly kind: FailureKind;
  readonly next: string | undefined;
  /** What belongs to it, as JSON shows it: the open window, or the candidates. */
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
