import { SettingsError } from "../shared/settings.ts";
import type { FailureKind } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

const explanations: { names: RegExp; kind: FailureKind; words: string; next: string }[] = [
  {
    names:
      /^(CredentialsProviderError|ExpiredToken|UnrecognizedClient|InvalidClientToken|InvalidSignature|TokenProvider)/,
    kind: "permission",
    words: "There are no valid AWS credentials.",
    next: "Sign in as for the AWS CLI (aws sso login, aws configure), and name the profile with --profile or AWS_PROFILE.",
  },
  {
    names: /^(AccessDenied|NotAuthorized|UnauthorizedOperation|AuthorizationError)/,
    kind: "permission",
    words: "Your AWS credentials do not allow this.",
    next: "Ask for the permission that the message names; docs/mfactl.md lists what each command needs.",
  },
  {
    names: /^(TooManyRequests|Throttl|ProvisionedThroughputExceeded|RequestThrottled|LimitExceeded)/,
    kind: "aws-failed",
    words: "AWS had too many calls from this account.",
    next: "Wait a moment and repeat the command: it is safe to repeat.",
  },
  {
    names:
      /^(TimeoutError|NetworkingError|AbortError|ECONN|ENOTFOUND|EAI_AGAIN|InternalServer|InternalError|ServiceUnavailable|InternalFailure)/,
    kind: "aws-failed",
    words: "AWS did not answer, or had a fault of its own.",
    next: "Check the network and AWS_ENDPOINT_URL, then repeat the command: it is safe to repeat.",
  },
  {
    names: /^(ResourceNotFound|QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue)/,
    kind: "configuration",
    words: "Something that the stack names does not exist any more.",
    next: "Deploy the stack again; mfactl doctor says what is missing.",
  },
];

/** Any error as a Failure, in words, with what to do next. */
export const explainError = (error: unknown): Failure => {
  if (error instanceof Failure) return error;
  if (error instanceof SettingsError) {
    return new Failure("configuration", error.message, "Deploy the stack again with this version.", { cause: error });
  }
  if (!(error instanceof Error)) return new Failure("unexpected", String(error));
  const names = [error.name, "code" in error && typeof error.code === "string" ? error.code : ""];
  const explained = explanations.find((explanation) => names.some((name) => explanation.names.test(name)));
  const said = [error.name, error.message].filter((part) => part !== "" && part !== "Error").join(": ");
  if (explained !== undefined) {
    return new Failure(explained.kind, `${explained.words} (${said})`, explained.next, { cause: error });
  }
  if ("$metadata" in error) {
    const next = "Look with mfactl show or mfactl list at how things stand. MFACTL_DEBUG=1 shows the whole error.";
    return new Failure("aws-failed", `AWS refused: ${said}`, next, { cause: error });
  }
  return new Failure("unexpected", said, "MFACTL_DEBUG=1 shows where; please report it.", { cause: error });
};
