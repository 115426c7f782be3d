import { loadSharedConfigFiles } from "@smithy/core/config";
import { Failure } from "../exit/failure.ts";

export type Environment = Record<string, string | undefined>;

/** The names and values of a section in the AWS CLI's files. */
export type Section = Record<string, string | undefined>;

/** The paths of the AWS CLI's files. The SDK uses ~/.aws for an undefined one. */
interface ProfileFiles {
  filepath?: string;
  configFilepath?: string;
}

/** A profile of the AWS CLI. */
export interface Profile {
  name: string;
  /** Whether `--profile` named it. It then takes precedence over credentials in the environment. */
  explicit: boolean;
  files: ProfileFiles;
  settings: Section;
  /** Those settings that come from the credentials file; may be empty. */
  credentials: Section;
  /** The section that the setting `services` names, with keys like `sqs.endpoint_url`. */
  services: Section;
}

/** The AWS CLI's environment variables for its files: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html */
const filesOf = ({ AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE }: Environment): ProfileFiles => ({
  ...(AWS_SHARED_CREDENTIALS_FILE && { filepath: AWS_SHARED_CREDENTIALS_FILE }),
  ...(AWS_CONFIG_FILE && { configFilepath: AWS_CONFIG_FILE }),
});

/**
 * Loads the profile that the AWS CLI would use: from `--profile`, else from the environment, else `default`, which may be
 * missing. The credentials file takes precedence over the config file. Throws a Failure when a named profile is in neither.
 */
export const loadProfile = async (named: string | undefined, environment: Environment): Promise<Profile> => {
  const files = filesOf(environment);
  const { configFile, credentialsFile } = await loadSharedConfigFiles(files);
  const fromEnvironment = environment["AWS_DEFAULT_PROFILE"] || environment["AWS_PROFILE"];
  const name = named || fromEnvironment || "default";
  const known = Object.hasOwn(configFile, name) || Object.hasOwn(credentialsFile, name);
  if (!known && (named || fromEnvironment)) {
    const { configFilepath = "~/.aws/config", filepath = "~/.aws/credentials" } = files;
    throw new Failure(
      "configuration",
      `There is no AWS profile ${JSON.stringify(name)} in ${configFilepath} or ${filepath}.`,
      "Run aws configure list-profiles to see all profiles, and name one with --profile or AWS_PROFILE.",
    );
  }
  const credentials = known ? (credentialsFile[name] ?? {}) : {};
  const settings = known ? { ...configFile[name], ...credentials } : {};
  const services = settings["services"];
  if (services !== undefined && configFile[`services.${services}`] === undefined) {
    throw new Failure(
      "configuration",
      `The AWS profile ${name} names the section [services ${services}], which does not exist.`,
      "Add the section to the config file, or remove the line from the profile.",
    );
  }
  return {
    name,
    explicit: Boolean(named),
    files,
    settings,
    credentials,
    services: (services && configFile[`services.${services}`]) || {},
  };
};
