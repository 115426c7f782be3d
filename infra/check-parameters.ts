import { closestMatch } from "leven";
import { policySchema } from "../shared/config/policy.ts";
import { faultsOf, SettingsError } from "../shared/config/settings.ts";
import { faultsOfNames, type NamedResource } from "./check-names.ts";
import {
  existingPool,
  existingTopic,
  faultsOfSender,
  type Given,
  otherParameters,
  referencePool,
} from "./parameter-schemas.ts";
import type { StageFile } from "./stage-file.ts";

/** A deployment before it is packaged. */
export interface Deployment {
  stage: string;
  region: string;
  /** The Regions that the framework deploys to. */
  regions: readonly string[];
  /** The parameters, including defaults. An empty text counts as not given. */
  parameters: Record<string, unknown>;
  stageFile: StageFile;
  /** The names given with --param. */
  commandNames: string[];
  /** All resources of serverless.yml, functions included. */
  resources: NamedResource[];
}

/** A problem. With the `name` of a parameter, its place in the configuration precedes the text. */
interface Fault {
  name?: string;
  text: string;
}

/** Checks a deployment before the framework and AWS do. Throws a SettingsError with all faults and their places. */
export const checkParameters = (deployment: Deployment): void => {
  const { stage, stageFile, parameters, resources } = deployment;
  const given: Given = Object.fromEntries(
    Object.entries(parameters)
      .filter(([, value]) => isValue(value) && value !== "")
      .map(([name, value]) => [name, String(value)]),
  );
  const faults: Fault[] = [
    ...faultsOfUnknown(deployment),
    ...faultsOfShape(deployment),
    ...faultsOf(policySchema, given),
    ...faultsOf(otherParameters, given),
    ...faultsOfPool(deployment.region, given),
    ...faultsOfTopic(deployment.region, given),
    ...faultsOfDrill(deployment, given),
  ];
  const lines = [
    ...(stageFile.exists
      ? []
      : [`${stageFile.path} does not exist. Start a new stage with a copy of config/prod.yml.`]),
    ...stageFile.faults,
    ...faultsOfRegion(deployment),
    ...faultsOfNames(stage, resources),
    ...faults.map((fault) => `${placeOf(fault, deployment)}${fault.text}`),
  ];
  if (lines.length > 0) {
    throw new SettingsError(["The configuration is wrong:", ...lines.map((line) => `  ${line}`)].join("\n"));
  }
};

const isValue = (value: unknown): boolean => ["string", "number", "boolean"].includes(typeof value);

/** `--param` takes precedence over the stage's file, and the file over the default. */
const placeOf = ({ name }: Fault, { commandNames, stageFile }: Deployment): string => {
  if (name === undefined) return "";
  if (commandNames.includes(name)) return "--param: ";
  const line = stageFile.lines.get(name);
  return line === undefined ? "" : `${stageFile.path}:${line}: `;
};

const faultsOfUnknown = ({ parameters, stageFile, commandNames }: Deployment): Fault[] => {
  const known = Object.keys(parameters);
  return [...new Set([...stageFile.lines.keys(), ...commandNames])]
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = closest(name, known);
      const help = meant === undefined ? `The parameters are: ${known.join(", ")}.` : `Did you mean ${meant}?`;
      return { name, text: `${name} is not a parameter. ${help}` };
    });
};

/** A variable of the framework, such as ${file(…)}, may resolve to something other than a single value. */
const faultsOfShape = ({ parameters }: Deployment): Fault[] =>
  Object.entries(parameters)
    .filter(([, value]) => !isValue(value))
    .map(([name, value]) => ({ name, text: `${name} is ${JSON.stringify(value)}: use a single value.` }));

const faultsOfRegion = ({ region, regions }: Deployment): string[] => {
  if (regions.includes(region)) return [];
  const meant = closest(region, regions);
  const help = meant === undefined ? `The Regions are: ${regions.join(", ")}.` : `Did you mean ${meant}?`;
  return [`--region: "${region}" is not an AWS Region. ${help}`];
};

/** Finds the closest name. Case, hyphens and underscores do not count. A third of the characters may differ, at most three. */
const closest = (name: string, candidates: readonly string[]): string | undefined => {
  const bare = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const maxDistance = Math.min(3, Math.floor(name.length / 3));
  const meant = closestMatch(bare(name), candidates.map(bare), { maxDistance });
  return candidates.find((candidate) => bare(candidate) === meant);
};

const faultsOfTopic = (region: string, given: Given): Fault[] => {
  const { alarmEmail, alarmTopicArn } = given;
  if (alarmEmail === undefined && alarmTopicArn === undefined) {
    return [{ text: "alarmEmail or alarmTopicArn is missing. The alarms must reach a person." }];
  }
  const both = "are both given. Subscribe the address to that topic, or leave the topic out.";
  return [
    ...faultsOf(existingTopic(region), given),
    ...(alarmEmail === undefined || alarmTopicArn === undefined
      ? []
      : [{ name: "alarmTopicArn", text: `alarmEmail and alarmTopicArn ${both}` }]),
  ];
};

/** drillEmail has a default, so it counts only if the operator gave it. */
const faultsOfDrill = ({ stageFile, commandNames }: Deployment, { drill, drillUser }: Given): Fault[] => {
  const isGiven = (name: string) => stageFile.lines.has(name) || commandNames.includes(name);
  if (drill === "false" && drillUser !== undefined) {
    return [{ name: "drillUser", text: "drillUser is given, but drill is false. Remove one of them." }];
  }
  if (drillUser !== undefined && isGiven("drillEmail")) {
    const text = "drillEmail and drillUser are both given. A standing user already has an address: remove drillEmail.";
    return [{ name: "drillEmail", text }];
  }
  return [];
};

/** userPoolId names an existing pool; other parameters describe the reference pool. Both together are a fault. */
const faultsOfPool = (region: string, given: Given): Fault[] => {
  const description = referencePool(region);
  const names = Object.keys(description.entries);
  const described = names.filter((name) => given[name] !== undefined);
  if (given["userPoolId"] !== undefined) {
    return [
      ...faultsOf(existingPool(region), given),
      ...described.map((name) => ({
        name,
        text: `${name} is given, but belongs to the reference pool. Remove either ${name} or userPoolId.`,
      })),
    ];
  }
  if (described.length === 0) {
    const text = `userPoolId is missing. Give the id of your pool. To create the reference pool instead, give ${names.join(", ")}.`;
    return [{ text }];
  }
  return [...faultsOf(description, given), ...faultsOfSender(given)];
};
