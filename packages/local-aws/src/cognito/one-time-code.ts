/** A mailed code. It is spent by deleting it where it is kept, and a new one replaces it. */
export interface OneTimeCode {
  readonly value: string;
  readonly expiresAt: Date;
  /** The attribute that the code proves. */
  readonly attribute: "email" | "phone_number";
}
