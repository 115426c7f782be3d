import * as v from "valibot";

/** The configuration of this deployment is wrong. The message names every fault, with the value and what is allowed. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

/** A fault of one setting; `text` is a sentence that begins with the setting's name. */
export interface SettingFault {
  name: string;
  text: string;
}

/** Takes a schema and the settings by name. Returns every fault, or none if the settings fit the schema. */
export const faultsOf = (
  schema: v.GenericSchema<unknown, unknown>,
  settings: Record<string, unknown>,
): SettingFault[] => {
  const { issues } = v.safeParse(schema, settings);
  return (issues ?? []).map((issue) => ({ name: v.getDotPath(issue) ?? "", text: fault(issue, settings) }));
};

/**
 * Checks settings (environment variables or parameters) and returns them with their types. Throws a SettingsError that
 * names every fault at once.
 */
export const parseSettings = <Schema extends v.GenericSchema<unknown, unknown>>(
  schema: Schema,
  settings: Record<string, unknown>,
): v.InferOutput<Schema> => {
  const parsed = v.safeParse(schema, settings);
  if (parsed.success) return parsed.output;
  throw new SettingsError(
    ["The configuration is wrong:", ...parsed.issues.map((issue) => `  ${fault(issue, settings)}`)].join("\n"),
  );
};

const fault = (issue: v.BaseIssue<unknown>, settings: Record<string, unknown>): string => {
  const name = v.getDotPath(issue) ?? "";
  const value = settings[name];
  if (value !== undefined) return `${name} is ${JSON.stringify(value)}: ${issue.message}.`;
  return issue.input === undefined ? `${name} is missing.` : `${name} (its default): ${issue.message}.`;
};

export const required = v.pipe(v.string(), v.nonEmpty("must not be empty"));
