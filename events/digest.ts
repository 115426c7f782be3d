import * as v from "valibot";

/** What the daily rule gives explain-alarm: send a digest, if anything stands. */
export const digest = v.strictObject({ version: v.literal(1), kind: v.literal("digest") });
