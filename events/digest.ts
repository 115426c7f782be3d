import * as v from "valibot";

/** The event of the daily rule for explain-alarm: send a digest, if there is anything to report. */
export const digest = v.strictObject({ version: v.literal(1), kind: v.literal("digest") });
