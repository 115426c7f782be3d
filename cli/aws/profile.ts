import { loadSharedConfigFiles } from "@smithy/core/config";
import { Failure } from "../failure.ts";

export type Environment = Record<string, string | undefined>;

/** A section of the AWS CLI's files: names and values. */
export type Section = Record<string, string | undefined>;

/** Where the files are; the SDK looks in ~/.aws for one that is absent. */
interface ProfileFiles {
  filepath?: string;
  configFilepath?: string;
}

/** A profile of the AWS CLI. */
export interface Profile {
  name: string;
  /** It was named by `--profile`, and so beats the credentials in the environment. */
  explicit: boolean;
  files: ProfileFiles;
  settings: Section;
  /** The part of them that is in the credentials file, or nothing. */
  credentials: Section;
  /** The section that the setting `services` names, keyed like `sqs.endpoint_url`. */
  services: Section;
}

/** Where the AWS CLI would look for its files, https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html */
const filesOf = ({ AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE }: Environment): ProfileFiles => ({
  ...(AWS_SHARED_CREDENTIALS_FILE && { filepath: AWS_SHARED_CREDENTIALS_FILE }),
  ...(AWS_CONFIG_FILE && { configFilepath: AWS_CONFIG_FILE }),
});

/**
 * The profile that the AWS CLI would work with: that of `--profile`, else of the environment, else `default`, which need
 * not exist. What the credentials file says of it goes before the config file. Throws a Failure for one that is nowhere.
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
      "aws configure list-profiles shows those there are; name one with --profile or AWS_PROFILE.",
    );
  }
  const credentials = known ? (credentialsFile[name] ?? {}) : {};
  const settings = known ? { ...configFile[name], ...credentials } : {};
  const services = settings["services"];
  if (services !== undefined && configFile[`services.${services}`] === undefined) {
    throw new Failure(
      "configuration",
      `The AWS profile ${name} names the section [services ${services}], which does not exist.`,
      "Write the section into the config file, or take the line out of the profile.",
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
