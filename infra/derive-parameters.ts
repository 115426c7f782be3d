import { parseDuration } from "../shared/config/duration.ts";

/**
 * Derives the values that YAML cannot compute: the stack's variants of pool and topic, the kind of drills and whether they run, a
 * threshold in seconds, and every parameter as text, because outputs must be text. Does not check the parameters:
 * check-parameters.ts does.
 */
export const deriveParameters = (parameters: Record<string, string | number | boolean>) => {
  const text = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
  return {
    text,
    pool: text["userPoolId"] === "" ? "reference-pool" : "existing-pool",
    topic: text["alarmTopicArn"] === "" ? "own-topic" : "existing-topic",
    drills: drillsOf(text),
    drill: text["mode"] !== "observe" && text["drill"] !== "false",
    missingDrill: text["mode"] === "observe" ? "notBreaching" : "breaching",
    oldestOverdueSeconds: (4 * (parseDuration(text["overdueTolerance"] ?? "") ?? 0)) / 1000,
  };
};

const drillsOf = ({ drill, drillUser }: Record<string, string>): "none" | "standing-user" | "new-user" => {
  if (drill === "false") return "none";
  return drillUser === "" || drillUser === undefined ? "new-user" : "standing-user";
};
