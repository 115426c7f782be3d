import * as v from "valibot";
import { parsePolicy } from "../shared/policy.ts";
import { parseSettings, SettingsError } from "../shared/settings.ts";

/** What is about to be packaged. */
export interface Deployment {
  stage: string;
  region: string;
  /** The parameters with their defaults filled in. Empty text is a parameter that nobody gave. */
  parameters: Record<string, string | number | boolean>;
  /** The names that the file of the stage gives; undefined when there is no such file. */
  stageNames: string[] | undefined;
  /** The names given with --param. */
  commandNames: string[];
}

/** Checks the parameters of a deployment. Throws a SettingsError that names every fault at once. */
export const checkParameters = ({ stage, region, parameters, stageNames, commandNames }: Deployment): void => {
  const known = Object.keys(parameters);
  const given = Object.fromEntries(
    Object.entries(parameters)
      .filter(([, value]) => value !== "")
      .map(([name, value]) => [name, String(value)]),
  );
  const unknown = [...new Set([...(stageNames ?? []), ...commandNames])].filter((name) => !known.includes(name));
  const faults = [
    ...(stageNames === undefined
      ? [`  config/${stage}.yml does not exist: a new stage begins with a copy of config/prod.yml.`]
      : []),
    ...unknown.map((name) => `  ${name} is not a parameter. The parameters are: ${known.join(", ")}.`),
    ...faultsOf(() => parsePolicy(given)),
    ...faultsOf(() => parseSettings(deploymentParameters(region), given)),
    ...(given.alarmEmail === undefined && given.alarmTopicArn === undefined
      ? ["  alarmEmail or alarmTopicArn is missing: somebody must get the alarms."]
      : []),
  ];
  if (faults.length > 0) throw new SettingsError(["The configuration is wrong:", ...faults].join("\n"));
};

const deploymentParameters = (region: string) =>
  v.object({
    userPoolId: v.pipe(
      v.string(),
      v.regex(/^[\w-]+_[0-9A-Za-z]+$/, "must be the id of a user pool"),
      v.startsWith(`${region}_`, `must be a pool in the region of the stack, which is ${region} (--region)`),
    ),
    alarmEmail: v.optional(v.pipe(v.string(), v.email("must be an email address"))),
    alarmTopicArn: v.optional(
      v.pipe(v.string(), v.regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/, "must be the ARN of an SNS topic")),
    ),
  });

const faultsOf = (check: () => unknown): string[] => {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.message.split("\n").slice(1);
  }
};
