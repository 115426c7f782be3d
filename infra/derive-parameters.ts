import { parseDuration } from "../shared/duration.ts";

/**
 * What follows from the parameters and cannot be written in YAML: which variant of the pool and of the topic the stack
 * gets, whether there are drills, a threshold, and every parameter as text, which outputs must be. Faults are left to check-parameters.ts to name.
 */
export const deriveParameters = (parameters: Record<string, string | number | boolean>) => {
  const text = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
  return {
    text,
    pool: text["userPoolId"] === "" ? "reference-pool" : "existing-pool",
    topic: text["alarmTopicArn"] === "" ? "own-topic" : "existing-topic",
    drill: text["mode"] !== "observe",
    missingDrill: text["mode"] === "observe" ? "notBreaching" : "breaching",
    oldestOverdueSeconds: (4 * (parseDuration(text["overdueTolerance"] ?? "") ?? 0)) / 1000,
  };
};
