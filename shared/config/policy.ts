import * as v from "valibot";
import { duration } from "./duration.ts";
import { parseSettings } from "./settings.ts";
import { gracePeriod, resetMail, type ResetMail, verifyEvery } from "./trigger-parameters.ts";

/** Which users the policy covers. */
export type Scope = { kind: "all" } | { kind: "known" } | { kind: "group"; group: string };

/** The configured rules. Durations are in milliseconds. */
export interface Policy {
  gracePeriod: number;
  maxWindow: number;
  scope: Scope;
  enrol: boolean;
  mode: "enforce" | "observe";
  closeOnSignIn: boolean;
  /** After a look that opened no window, how long the service ignores the user's sign-ins. Infinity: forever. */
  verifyEvery: number;
  /** Re-enables per second of all workers together. */
  reEnableRate: number;
  overdueTolerance: number;
  resetMail: ResetMail;
}

const yesOrNo = v.pipe(
  v.picklist(["true", "false"], "must be true or false"),
  v.transform((text) => text === "true"),
);

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html
const groupName = /^group:([\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128})$/u;

const scope = v.pipe(
  v.string(),
  v.check((text) => text === "all" || text === "known" || groupName.test(text), "must be all, known or group:<name>"),
  v.transform((text): Scope => {
    const group = groupName.exec(text)?.[1];
    if (group !== undefined) return { kind: "group", group };
    return { kind: text === "known" ? "known" : "all" };
  }),
);

const rate = "must be a whole number from 1 to 25 (per second)";

/** The parameters of the policy, each with its default and its bounds. */
export const policyParameters = {
  gracePeriod,
  maxWindow: v.optional(duration("0", "30d"), "3d"),
  scope: v.optional(scope, "all"),
  enrol: v.optional(yesOrNo, "false"),
  mode: v.optional(v.picklist(["enforce", "observe"], "must be enforce or observe"), "enforce"),
  closeOnSignIn: v.optional(yesOrNo, "false"),
  verifyEvery,
  reEnableRate: v.optional(
    v.pipe(v.string(rate), v.regex(/^\d{1,2}$/, rate), v.transform(Number), v.minValue(1, rate), v.maxValue(25, rate)),
    "10",
  ),
  overdueTolerance: v.optional(duration("5m", "30d"), "15m"),
  resetMail,
} as const;

/**
 * The schema of the policy by its parameters, for callers that list faults without throwing. All others use
 * parsePolicy.
 */
export const policySchema = v.pipe(
  v.object(policyParameters),
  v.forward(
    v.partialCheck(
      [["gracePeriod"], ["maxWindow"]],
      ({ gracePeriod, maxWindow }) => maxWindow >= gracePeriod,
      "must not be shorter than gracePeriod",
    ),
    ["maxWindow"],
  ),
);

/** Returns the policy that these parameters describe; a missing parameter has its default. Throws a SettingsError. */
export const parsePolicy = (parameters: Record<string, string | undefined>): Policy =>
  parseSettings(policySchema, parameters);

const renamed = (values: Record<string, string | undefined>, rename: (name: string) => string) =>
  Object.fromEntries(Object.keys(policyParameters).map((name) => [name, values[rename(name)]]));

/** Returns the parameters from a function's environment, where `gracePeriod` is called GRACE_PERIOD. */
export const parametersOfEnvironment = (environment: Record<string, string | undefined>) =>
  renamed(environment, (name) => name.replace(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase());

/** Returns the policy of a function. Throws a SettingsError. */
export const policyFromEnvironment = (environment: Record<string, string | undefined>): Policy =>
  parsePolicy(parametersOfEnvironment(environment));

/** Returns the name of a parameter among the stack's outputs: `gracePeriod` is GracePeriod. */
export const outputName = (name: string): string => name.replace(/^./, (first) => first.toUpperCase());

/** Returns the policy of a deployed stack, from its outputs. Throws a SettingsError. */
export const policyFromOutputs = (outputs: Record<string, string | undefined>): Policy =>
  parsePolicy(renamed(outputs, outputName));
