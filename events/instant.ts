import * as v from "valibot";

/** An instant in a message: ISO 8601 in UTC with milliseconds, which sorts as text. */
export const instant = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, "must be an ISO 8601 instant in UTC with milliseconds"),
  v.transform((text) => new Date(text)),
  v.date("must be an instant that exists"),
);
