import { explainError } from "../explain-error.ts";
import { Failure } from "../failure.ts";
import type { CredentialSource, MissingSource } from "./credential-source.ts";
import type { Profile } from "./profile.ts";

const signIn =
  "Sign in as for the AWS CLI (aws sso login, aws configure), and name the profile with --profile or AWS_PROFILE.";

/** What is missing where the AWS CLI would take credentials from, in words. */
export const noCredentials = ({ kind }: MissingSource, profile: string): Failure => {
  switch (kind) {
    case "none":
      return new Failure(
        "permission",
        `There are no AWS credentials: none in the environment, and none in the profile ${profile}.`,
        signIn,
      );
    case "half-environment":
      return new Failure(
        "permission",
        "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not.",
        "Set both, or neither.",
      );
    case "role-without-source":
      return new Failure(
        "configuration",
        `The AWS profile ${profile} has a role_arn that is not assumed by anything.`,
        "Give it either a source_profile or a credential_source.",
      );
    case "half-web-identity":
      return new Failure(
        "configuration",
        "There is a file with a web identity token, and no role to assume with it.",
        "Set AWS_ROLE_ARN, or role_arn in the profile.",
      );
  }
};

/** The error of a source that should have had credentials: as a Failure that names it, if what failed is not the network. */
export const refusedCredentials = (error: unknown, source: CredentialSource, { name }: Profile): Failure => {
  if (error instanceof Failure) return error;
  const explained = explainError(error);
  const said = error instanceof Error ? error.message : String(error);
  if (explained.kind === "aws-failed" && !(error instanceof Error && error.name === "ValidationError"))
    return explained;
  const [where, next] = about(source, name);
  return new Failure("permission", `There are no valid AWS credentials ${where}. (${said})`, next, { cause: error });
};

const about = (source: CredentialSource, name: string): [where: string, next: string] => {
  switch (source.kind) {
    case "role":
      return [
        `by the profile ${name}: ${source.roleArn} could not be assumed`,
        "If it took an MFA code: each is good once, so wait for the next. Otherwise ask for sts:AssumeRole on the role.",
      ];
    case "web-identity":
      return [
        `by the web identity token in ${source.webIdentityTokenFile}`,
        "Get a new token, and look at the trust policy of the role.",
      ];
    case "sso":
      return [`in the profile ${name}`, `Sign in: aws sso login --profile ${name}.`];
    case "login":
      return [`in the profile ${name}`, `Sign in: aws login --profile ${name}.`];
    case "process":
      return [`by the credential_process of the profile ${name}`, "Run that command by itself: it says what is wrong."];
    case "instance":
      return [`in the environment, in the profile ${name}, or of an EC2 instance`, signIn];
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
