import { parseDuration } from "../shared/config/duration.ts";

/**
 * What follows from the parameters and cannot be written in YAML: which variant of the pool and of the topic the stack
 * gets, whose drills there are and whether they run, a threshold, and every parameter as text, which outputs must be. Faults are left to check-parameters.ts to name.
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
