import * as v from "valibot";
import { instant } from "./instant.ts";
import { userRef, username } from "./user-ref.ts";

/**
 * A message on the RECORDS queue, from a trigger: something that happened to a user, as a durable fact. `id` is the
 * same on every delivery of the same message. `at` is the trigger's own time, because Cognito's events carry none.
 */
export const record = v.strictObject({
  version: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,64}$/u, "must be 1 to 64 visible characters")),
  kind: v.picklist(["reset-requested", "reset-confirmed", "signed-in"]),
  at: instant,
  ...userRef,
  username,
});

export type FactRecord = v.InferOutput<typeof record>;
export type FactKind = FactRecord["kind"];
