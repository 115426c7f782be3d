/** A mailed code. Using it deletes it from its user, and a new code replaces it. */
export interface OneTimeCode {
  readonly value: string;
  readonly expiresAt: Date;
  /** The attribute that the code proves. */
  readonly attribute: "email" | "phone_number";
}
