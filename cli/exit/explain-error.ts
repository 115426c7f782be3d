import * as v from "valibot";
import { SettingsError } from "../../shared/config/settings.ts";
import type { FailureKind } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

const explanations: { names: RegExp; kind: FailureKind; words: string; next: string }[] = [
  {
    names:
      /^(CredentialsProviderError|ExpiredToken|UnrecognizedClient|InvalidClientToken|InvalidSignature|TokenProvider)/,
    kind: "permission",
    words: "Found no valid AWS credentials.",
    next: "Sign in as for the AWS CLI (aws sso login, aws configure), and name the profile with --profile or AWS_PROFILE.",
  },
  {
    names: /^(AccessDenied|NotAuthorized|UnauthorizedOperation|AuthorizationError)/,
    kind: "permission",
    words: "Your AWS credentials do not allow this.",
    next: "Ask for the permission in the message. docs/mfactl.md lists the permissions that each command needs.",
  },
  {
    names: /^(TooManyRequests|Throttl|ProvisionedThroughputExceeded|RequestThrottled|LimitExceeded)/,
    kind: "aws-failed",
    words: "AWS throttled this account: it made too many calls.",
    next: "Wait a moment and repeat the command. Repeating is safe.",
  },
  {
    names:
      /^(TimeoutError|NetworkingError|AbortError|ECONN|ENOTFOUND|EAI_AGAIN|InternalServer|InternalError|ServiceUnavailable|InternalFailure)/,
    kind: "aws-failed",
    words: "AWS did not answer or had an internal error.",
    next: "Check the network, HTTPS_PROXY and AWS_ENDPOINT_URL, then repeat the command. Repeating is safe.",
  },
  {
    names: /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT_)/,
    kind: "aws-failed",
    words: "The server's TLS certificate is not trusted.",
    next: "If your network replaces certificates, set AWS_CA_BUNDLE to the file of its CA.",
  },
  {
    names: /^(ResourceNotFound|QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue)/,
    kind: "configuration",
    words: "A resource of the stack no longer exists.",
    next: "Deploy the stack again. mfactl doctor shows what is missing.",
  },
];

/** The SDK's names for a response that it cannot parse or that names no error. */
const unread = ["Error", "SyntaxError", "Unknown", "UnknownError"];

/** Turns any error into a Failure with a message and a next step. */
export const explainError = (error: unknown): Failure => {
  if (error instanceof Failure) return error;
  if (error instanceof SettingsError) {
    return new Failure("configuration", error.message, "Deploy the stack again with this version.", { cause: error });
  }
  if (!(error instanceof Error)) return new Failure("unexpected", String(error));
  if (statusOf(error) === 407) {
    const next = "Add a name and a password to HTTPS_PROXY: http://name:password@proxy.example.com:8080.";
    return new Failure("aws-failed", "The proxy requires authentication.", next, { cause: error });
  }
  const status = unread.includes(error.name) ? statusOf(error) : undefined;
  if (status !== undefined) {
    return new Failure(
      "aws-failed",
      `The response, HTTP ${status}, is not from AWS. A proxy, for example, may have sent it.`,
      "Check the network, its proxies and AWS_ENDPOINT_URL, then repeat the command. Repeating is safe.",
      { cause: error },
    );
  }
  const names = [error.name, "code" in error && typeof error.code === "string" ? error.code : ""];
  const explained = explanations.find((explanation) => names.some((name) => explanation.names.test(name)));
  const said = [error.name, error.message].filter((part) => part !== "" && part !== "Error").join(": ");
  if (explained !== undefined) {
    return new Failure(explained.kind, `${explained.words} (${said})`, explained.next, { cause: error });
  }
  if ("$metadata" in error) {
    const next = "Check the current state with mfactl show or mfactl list. MFACTL_DEBUG=1 shows the whole error.";
    return new Failure("aws-failed", `AWS refused: ${said}`, next, { cause: error });
  }
  return new Failure("unexpected", said, "This is a bug: please report it. MFACTL_DEBUG=1 shows where it happened.", {
    cause: error,
  });
};

const answered = v.object({ $metadata: v.object({ httpStatusCode: v.number() }) });

const statusOf = (error: Error): number | undefined => {
  const { success, output } = v.safeParse(answered, error);
  return success ? output.$metadata.httpStatusCode : undefined;
};
