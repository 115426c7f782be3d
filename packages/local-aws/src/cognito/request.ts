import * as v from "valibot";
import { type Operation, operation } from "../service.ts";
import { invalidParameter } from "./errors.ts";

/** Makes an operation from its known members, each with the limits of the API reference. */
export const request = <Entries extends v.ObjectEntries>(
  entries: Entries,
  perform: (input: v.InferOutput<v.StrictObjectSchema<Entries, undefined>>) => unknown,
): Operation =>
  operation(
    v.strictObject(entries),
    (message) => invalidParameter(`1 validation error detected: ${message}`),
    (input) => perform(input),
  );

/**
 * Text of `min` to `max` characters (not bytes) that matches all of `pattern`. The error message never shows the value.
 */
export const text = (min: number, max: number, pattern: RegExp) =>
  v.pipe(
    v.string(),
    v.minLength(min, `Member must have length greater than or equal to ${min}`),
    v.maxLength(max, `Member must have length less than or equal to ${max}`),
    v.regex(pattern, `Member must satisfy regular expression pattern: ${pattern.source}`),
  );

export const integer = (min: number, max: number) =>
  v.pipe(
    v.number(),
    v.integer(),
    v.minValue(min, `Member must have value greater than or equal to ${min}`),
    v.maxValue(max, `Member must have value less than or equal to ${max}`),
  );

export const poolId = text(1, 55, /^[\w-]+_[0-9a-zA-Z]+$/);
export const clientId = text(1, 128, /^[\w+]+$/);
export const username = text(1, 128, /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u);
export const groupName = text(1, 128, /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u);
export const password = text(0, 256, /^\S+$/);
export const confirmationCode = text(1, 2048, /^\S+$/);
export const secretHash = v.optional(text(1, 128, /^[\w+=/]+$/));
export const accessToken = v.pipe(v.string(), v.regex(/^[A-Za-z0-9-_=.]+$/, "Member must be a token"));
export const session = text(20, 2048, /[^]*/);
export const arn = text(
  20,
  2048,
  /^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+){0,2}$/,
);
export const pageToken = text(1, 131072, /^\S+$/);

export const attributeName = text(1, 32, /^[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+$/u);
export const attributes = v.array(
  v.strictObject({ Name: attributeName, Value: v.optional(v.pipe(v.string(), v.maxLength(2048)), "") }),
);
export type Attribute = v.InferOutput<typeof attributes>[number];

/** Key-value pairs that Cognito passes to triggers. It neither stores nor checks them. */
export const clientMetadata = v.optional(v.record(v.string(), v.string()));
export type ClientMetadata = v.InferOutput<typeof clientMetadata>;

/** Returns an instant in the format of the JSON protocol. */
export const epochSeconds = (instant: Date): number => instant.getTime() / 1000;
