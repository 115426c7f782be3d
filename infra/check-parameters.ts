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

/** What is about to be packaged. */
export interface Deployment {
  stage: string;
  region: string;
  /** The Regions that the framework deploys to. */
  regions: readonly string[];
  /** The parameters with their defaults filled in. Empty text is a parameter that nobody gave. */
  parameters: Record<string, unknown>;
  stageFile: StageFile;
  /** The names given with --param. */
  commandNames: string[];
  /** All that serverless.yml names, functions included. */
  resources: NamedResource[];
}

/** Of a parameter when it has a name: where it was given is put before the text. */
interface Fault {
  name?: string;
  text: string;
}

/** Checks a deployment, before AWS or the framework does. Throws a SettingsError that names every fault at once, and where it is. */
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
      : [`${stageFile.path} does not exist: a new stage begins with a copy of config/prod.yml.`]),
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

/** --param wins over the file of the stage, which wins over the default. */
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

/** A variable of the framework in the file, such as ${file(…)}, may have become something else than one value. */
const faultsOfShape = ({ parameters }: Deployment): Fault[] =>
  Object.entries(parameters)
    .filter(([, value]) => !isValue(value))
    .map(([name, value]) => ({ name, text: `${name} is ${JSON.stringify(value)}: write one value.` }));

const faultsOfRegion = ({ region, regions }: Deployment): string[] => {
  if (regions.includes(region)) return [];
  const meant = closest(region, regions);
  const help = meant === undefined ? `The Regions are: ${regions.join(", ")}.` : `Did you mean ${meant}?`;
  return [`--region: "${region}" is not a Region of AWS. ${help}`];
};

/** Capitals, hyphens and underscores do not count; of the rest, a third may differ, and three characters at most. */
const closest = (name: string, candidates: readonly string[]): string | undefined => {
  const bare = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const maxDistance = Math.min(3, Math.floor(name.length / 3));
  const meant = closestMatch(bare(name), candidates.map(bare), { maxDistance });
  return candidates.find((candidate) => bare(candidate) === meant);
};

const faultsOfTopic = (region: string, given: Given): Fault[] => {
  const { alarmEmail, alarmTopicArn } = given;
  if (alarmEmail === undefined && alarmTopicArn === undefined) {
    return [{ text: "alarmEmail or alarmTopicArn is missing: a person must get the alarms." }];
  }
  const both = "are both given: subscribe the address to that topic, or leave the topic out.";
  return [
    ...faultsOf(existingTopic(region), given),
    ...(alarmEmail === undefined || alarmTopicArn === undefined
      ? []
      : [{ name: "alarmTopicArn", text: `alarmEmail and alarmTopicArn ${both}` }]),
  ];
};

/** drillEmail has a default, so it counts only where it was given. */
const faultsOfDrill = ({ stageFile, commandNames }: Deployment, { drill, drillUser }: Given): Fault[] => {
  const isGiven = (name: string) => stageFile.lines.has(name) || commandNames.includes(name);
  if (drill === "false" && drillUser !== undefined) {
    return [{ name: "drillUser", text: "drillUser is given, but drill is false: leave out either." }];
  }
  if (drillUser !== undefined && isGiven("drillEmail")) {
    return [{ name: "drillEmail", text: "drillEmail and drillUser are both given: a standing user has an address." }];
  }
  return [];
};

/** An existing pool is named; the reference pool is described. */
const faultsOfPool = (region: string, given: Given): Fault[] => {
  const description = referencePool(region);
  const names = Object.keys(description.entries);
  const described = names.filter((name) => given[name] !== undefined);
  if (given["userPoolId"] !== undefined) {
    return [
      ...faultsOf(existingPool(region), given),
      ...described.map((name) => ({
        name,
        text: `${name} is given, but belongs to the reference pool: leave out either it or userPoolId.`,
      })),
    ];
  }
  if (described.length === 0) {
    const text = `userPoolId is missing: name the pool, or have the reference pool made, which takes ${names.join(", ")}.`;
    return [{ text }];
  }
  return [...faultsOf(description, given), ...faultsOfSender(given)];
};
