import * as v from "valibot";
import { AwsError } from "../service.ts";

const name = v.pipe(
  v.string(),
  v.regex(/^[0-9a-zA-Z-_.]+$/, "Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$"),
  v.maxLength(64, "Member must have length less than or equal to 64"),
);
const integer = (minimum: number, maximum: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(minimum), v.maxValue(maximum));
const text = (maximum: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(maximum));

export const Name = name;
export const ClientToken = v.pipe(v.string(), v.regex(/^[a-zA-Z0-9-_]+$/), v.maxLength(64));
export const MaxResults = integer(1, 100);
export const State = v.picklist(["ENABLED", "DISABLED"]);

const Target = v.strictObject({
  Arn: text(1600),
  RoleArn: v.pipe(text(1600), v.regex(/^arn:aws(-[a-z]+)?:iam::\d{12}:role\/[\w+=,.@/-]+$/)),
  Input: v.optional(v.string()),
  RetryPolicy: v.optional(
    v.strictObject({
      MaximumRetryAttempts: v.optional(integer(0, 185), 185),
      MaximumEventAgeInSeconds: v.optional(integer(60, 86_400), 86_400),
    }),
    {},
  ),
  DeadLetterConfig: v.optional(
    v.strictObject({
      Arn: v.optional(v.pipe(text(1600), v.regex(/^arn:aws(-[a-z]+)?:sqs:[a-z0-9-]+:\d{12}:[a-zA-Z0-9-_]+$/))),
    }),
  ),
});

const FlexibleTimeWindow = v.strictObject({
  Mode: v.picklist(["OFF", "FLEXIBLE"]),
  MaximumWindowInMinutes: v.optional(integer(1, 1440)),
});

/**
 * The members of CreateSchedule and UpdateSchedule. UpdateSchedule resets a member that is left out to its default.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 */
export const ScheduleDefinition = v.strictObject({
  Name,
  GroupName: v.optional(Name, "default"),
  ActionAfterCompletion: v.optional(v.picklist(["NONE", "DELETE"]), "NONE"),
  ClientToken: v.optional(ClientToken),
  Description: v.optional(v.pipe(v.string(), v.maxLength(512))),
  StartDate: v.optional(v.number()),
  EndDate: v.optional(v.number()),
  FlexibleTimeWindow,
  KmsKeyArn: v.optional(
    v.pipe(v.string(), v.regex(/^arn:aws(-[a-z]+)?:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[0-9a-zA-Z-_]*$/)),
  ),
  ScheduleExpression: text(256),
  ScheduleExpressionTimezone: v.optional(text(50), "UTC"),
  State: v.optional(State, "ENABLED"),
  Target,
});

export type ScheduleDefinition = v.InferOutput<typeof ScheduleDefinition>;

const QUEUE_ARN = /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}$/;
const FUNCTION_ARN = /^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+$/;
const MAXIMUM_INPUT_BYTES = 256 * 1024;

/** Returns the kind of target behind an ARN. Throws for kinds that the local stack does not have. */
export const targetKind = (arn: string): "queue" | "function" => {
  if (QUEUE_ARN.test(arn)) return "queue";
  if (FUNCTION_ARN.test(arn)) return "function";
  throw new AwsError("UnsupportedByLocalStack", `The local stack does not know the target ${arn}.`, 501);
};

/** Checks the rules that the schema cannot express. Throws when one is broken. */
export const checkDefinition = ({ FlexibleTimeWindow: window, Target: target }: ScheduleDefinition): void => {
  const invalid = (message: string) => new AwsError("ValidationException", message);
  if (window.Mode === "FLEXIBLE" && window.MaximumWindowInMinutes === undefined)
    throw invalid("MaximumWindowInMinutes must be provided when Flexible Time Window mode is set to FLEXIBLE.");
  if (window.Mode === "OFF" && window.MaximumWindowInMinutes !== undefined)
    throw invalid("MaximumWindowInMinutes cannot be set when Flexible Time Window mode is set to OFF.");
  if (target.Input === undefined)
    throw new AwsError("UnsupportedByLocalStack", "The local stack does not know AWS's default Input.", 501);
  if (Buffer.byteLength(target.Input) > MAXIMUM_INPUT_BYTES)
    throw invalid(`Input must not be longer than ${MAXIMUM_INPUT_BYTES} bytes.`);
  if (targetKind(target.Arn) === "function" && !isJson(target.Input))
    throw invalid("Invalid RequestJson provided. Reason: The Input of a Lambda target must be well-formed JSON.");
};

const isJson = (input: string): boolean => v.is(v.pipe(v.string(), v.parseJson()), input);
