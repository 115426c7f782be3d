import type { Environment, Profile, Section } from "./profile.ts";

/** A source of credentials with its parameters. */
export type CredentialSource =
  | { kind: "environment"; accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  | { kind: "role"; roleArn: string }
  | { kind: "web-identity"; webIdentityTokenFile: string; roleArn: string; roleSessionName?: string }
  | { kind: "sso" | "keys" | "login" | "process" | "container" | "instance" }
  | MissingSource;

/** No source, or an incomplete one. The AWS CLI stops at an incomplete source too, instead of trying the next. */
export interface MissingSource {
  kind: "none" | "half-environment" | "role-without-source" | "half-web-identity";
}

/**
 * Returns the source that the AWS CLI would use. Its order: keys in the environment (not with `--profile`), a role of the
 * profile, a web identity token, IAM Identity Center, keys of the credentials file, `aws login`, a process, keys of the
 * config file, the container, the EC2 instance.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-chap-configure.html#configure-precedence
 */
export const credentialSource = (profile: Profile, environment: Environment): CredentialSource => {
  const { settings, credentials } = profile;
  const variables = profile.explicit ? {} : environment;
  return (
    environmentKeys(variables) ??
    role(settings) ??
    webIdentity(variables, settings) ??
    ofProfile(settings, credentials) ??
    ofMachine(environment)
  );
};

const environmentKeys = (environment: Environment): CredentialSource | undefined => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (!AWS_ACCESS_KEY_ID) return undefined;
  if (!AWS_SECRET_ACCESS_KEY) return { kind: "half-environment" };
  return {
    kind: "environment",
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
};

const role = (settings: Section): CredentialSource | undefined => {
  const { role_arn: roleArn, web_identity_token_file, source_profile, credential_source } = settings;
  if (!roleArn || web_identity_token_file) return undefined;
  if (Boolean(source_profile) === Boolean(credential_source)) return { kind: "role-without-source" };
  return { kind: "role", roleArn };
};

const webIdentity = (environment: Environment, settings: Section): CredentialSource | undefined => {
  const webIdentityTokenFile = environment["AWS_WEB_IDENTITY_TOKEN_FILE"] || settings["web_identity_token_file"];
  const roleArn = environment["AWS_ROLE_ARN"] || settings["role_arn"];
  const roleSessionName = environment["AWS_ROLE_SESSION_NAME"] || settings["role_session_name"];
  if (!webIdentityTokenFile) return undefined;
  if (!roleArn) return { kind: "half-web-identity" };
  return { kind: "web-identity", webIdentityTokenFile, roleArn, ...(roleSessionName && { roleSessionName }) };
};

const hasKeys = ({ aws_access_key_id, aws_secret_access_key }: Section): boolean =>
  Boolean(aws_access_key_id && aws_secret_access_key);

const ofProfile = (settings: Section, credentials: Section): CredentialSource | undefined => {
  if (settings["sso_role_name"] || settings["sso_account_id"]) return { kind: "sso" };
  if (hasKeys(credentials)) return { kind: "keys" };
  if (settings["login_session"]) return { kind: "login" };
  if (settings["credential_process"]) return { kind: "process" };
  return hasKeys(settings) ? { kind: "keys" } : undefined;
};

const ofMachine = (environment: Environment): CredentialSource => {
  if (environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] || environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]) {
    return { kind: "container" };
  }
  return { kind: environment["AWS_EC2_METADATA_DISABLED"]?.toLowerCase() === "true" ? "none" : "instance" };
};
