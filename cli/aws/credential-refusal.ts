import { explainError } from "../exit/explain-error.ts";
import { Failure } from "../exit/failure.ts";
import type { CredentialSource, MissingSource } from "./credential-source.ts";
import type { Profile } from "./profile.ts";

const signIn =
  "Sign in as for the AWS CLI (aws sso login, aws configure), and name the profile with --profile or AWS_PROFILE.";

/** Explains which credentials are missing. */
export const noCredentials = ({ kind }: MissingSource, profile: string): Failure => {
  switch (kind) {
    case "none":
      return new Failure(
        "permission",
        `No AWS credentials were found, neither in the environment nor in the profile ${profile}.`,
        signIn,
      );
    case "half-environment":
      return new Failure(
        "permission",
        "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not.",
        "Set both or neither.",
      );
    case "role-without-source":
      return new Failure(
        "configuration",
        `The AWS profile ${profile} has a role_arn, but no single source of credentials to assume the role with.`,
        "Set exactly one of source_profile and credential_source in the profile.",
      );
    case "half-web-identity":
      return new Failure(
        "configuration",
        "A web identity token file is set, but no role to assume with it.",
        "Set AWS_ROLE_ARN, or role_arn in the profile.",
      );
  }
};

/** Turns the error of a credential source into a Failure that names the source. Network errors stay network errors. */
export const refusedCredentials = (error: unknown, source: CredentialSource, { name }: Profile): Failure => {
  if (error instanceof Failure) return error;
  const explained = explainError(error);
  const said = error instanceof Error ? error.message : String(error);
  if (explained.kind === "aws-failed" && !(error instanceof Error && error.name === "ValidationError"))
    return explained;
  const [where, next] = about(source, name);
  return new Failure("permission", `Found no valid AWS credentials ${where}. (${said})`, next, { cause: error });
};

const about = (source: CredentialSource, name: string): [where: string, next: string] => {
  switch (source.kind) {
    case "role":
      return [
        `through the profile ${name}: ${source.roleArn} could not be assumed`,
        "If you entered an MFA code: each code works once, so wait for the next. Otherwise ask for sts:AssumeRole on the role.",
      ];
    case "web-identity":
      return [
        `through the web identity token in ${source.webIdentityTokenFile}`,
        "Get a new token and check the role's trust policy.",
      ];
    case "sso":
      return [`in the profile ${name}`, `Sign in: aws sso login --profile ${name}.`];
    case "login":
      return [`in the profile ${name}`, `Sign in: aws login --profile ${name}.`];
    case "process":
      return [
        `through the credential_process of the profile ${name}`,
        "Run that command directly: its output shows what is wrong.",
      ];
    case "instance":
      return [`in the environment, in the profile ${name} or on an EC2 instance`, signIn];
    case "keys":
    case "container":
    case "environment":
    case "none":
    case "half-environment":
    case "role-without-source":
    case "half-web-identity":
      return [`in the profile ${name}`, signIn];
  }
};
