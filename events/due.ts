import * as v from "valibot";
import { instant } from "./instant.ts";
import { userRef } from "./user-ref.ts";

/**
 * A message on the DUE queue, from timers, the reconciler and retries: look at this window now. It names the state of
 * the window that it was made for: a message for another `dueAt` or another `attempt` is superseded. `attempt` counts
 * the failed re-enables before it.
 */
export const due = v.strictObject({
  version: v.literal(1),
  ...userRef,
  windowId: v.pipe(v.string(), v.regex(/^[0-9a-zA-Z-]{1,50}$/)),
  dueAt: instant,
  attempt: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

export type Due = v.InferOutput<typeof due>;
