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
    ...faultsOf(() => parseSettings(watchParameters, given)),
    ...faultsOfPool(region, given),
    ...faultsOfTopic(given),
  ];
  if (faults.length > 0) throw new SettingsError(["The configuration is wrong:", ...faults].join("\n"));
};

type Given = Record<string, string | undefined>;

const watchParameters = v.object({
  alarmEmail: v.optional(v.pipe(v.string(), v.email("must be an email address"))),
  alarmTopicArn: v.optional(
    v.pipe(v.string(), v.regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/, "must be the ARN of an SNS topic")),
  ),
  drillEmail: v.optional(v.pipe(v.string(), v.email("must be an email address"))),
  unusualResets: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,6}$/, "must be a whole number from 1 to 9999999"))),
});

const faultsOfTopic = ({ alarmEmail, alarmTopicArn }: Given): string[] => {
  if (alarmEmail === undefined && alarmTopicArn === undefined) {
    return ["  alarmEmail or alarmTopicArn is missing: somebody must get the alarms."];
  }
  return alarmEmail === undefined || alarmTopicArn === undefined
    ? []
    : ["  alarmEmail and alarmTopicArn are both given: subscribe the address to that topic, or leave the topic out."];
};

/** An existing pool is named; the reference pool is described. */
const faultsOfPool = (region: string, given: Given): string[] => {
  const described = Object.keys(referencePool.entries).filter((name) => given[name] !== undefined);
  if (given.userPoolId !== undefined) {
    return [
      ...faultsOf(() => parseSettings(existingPool(region), given)),
      ...described.map(
        (name) => `  ${name} is given, but belongs to the reference pool: leave out either it or userPoolId.`,
      ),
    ];
  }
  if (described.length === 0) {
    const all = Object.keys(referencePool.entries).join(", ");
    return [`  userPoolId is missing: name the pool, or have the reference pool made, which takes ${all}.`];
  }
  return faultsOf(() => parseSettings(referencePool, given));
};

const existingPool = (region: string) =>
  v.object({
    userPoolId: v.pipe(
      v.string(),
      v.regex(/^[\w-]+_[0-9A-Za-z]+$/, "must be the id of a user pool"),
      v.startsWith(`${region}_`, `must be a pool in the region of the stack, which is ${region} (--region)`),
    ),
  });

const domainName = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

const referencePool = v.object({
  sesIdentityArn: v.pipe(
    v.string(),
    v.regex(/^arn:[\w-]+:ses:[\w-]+:\d{12}:identity\/\S+$/, "must be the ARN of a verified SES identity"),
  ),
  mailFrom: v.pipe(
    v.string(),
    v.regex(
      /^[^<>\r\n]*[^<>\s][^<>\r\n]* <[^<>\s@]+@[^<>\s@]+>$/,
      "must be a display name and an address: Example <no-reply@example.com>",
    ),
  ),
  appDomain: v.pipe(
    v.string(),
    v.regex(domainName, "must be the domain name of the application, like app.example.com"),
  ),
  // https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
  loginDomainPrefix: v.pipe(
    v.string(),
    v.regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "must be 1 to 63 small letters, digits and hyphens"),
    v.regex(/^(?!.*(?:aws|amazon|cognito))/, "must not hold the words aws, amazon or cognito"),
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
