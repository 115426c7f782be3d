import * as v from "valibot";
import { SettingsError } from "../shared/config/settings.ts";
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
    next: "Check the network, HTTPS_PROXY and AWS_ENDPOINT_URL, then repeat the command: it is safe to repeat.",
  },
  {
    names: /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT_)/,
    kind: "aws-failed",
    words: "The certificate of what answered is not to be trusted.",
    next: "Where the network puts in a certificate of its own, name the file of its CA with AWS_CA_BUNDLE.",
  },
  {
    names: /^(ResourceNotFound|QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue)/,
    kind: "configuration",
    words: "Something that the stack names does not exist any more.",
    next: "Deploy the stack again; mfactl doctor says what is missing.",
  },
];

/** What the SDK calls an answer that it cannot read, or that does not say what went wrong. */
const unread = ["Error", "SyntaxError", "Unknown", "UnknownError"];

/** Any error as a Failure, in words, with what to do next. */
export const explainError = (error: unknown): Failure => {
  if (error instanceof Failure) return error;
  if (error instanceof SettingsError) {
    return new Failure("configuration", error.message, "Deploy the stack again with this version.", { cause: error });
  }
  if (!(error instanceof Error)) return new Failure("unexpected", String(error));
  if (statusOf(error) === 407) {
    const next = "Write its name and password into HTTPS_PROXY: http://name:password@proxy.example.com:8080.";
    return new Failure("aws-failed", "The proxy asks who you are.", next, { cause: error });
  }
  const status = unread.includes(error.name) ? statusOf(error) : undefined;
  if (status !== undefined) {
    return new Failure(
      "aws-failed",
      `AWS did not answer. Something else did, such as a proxy: HTTP ${status}, not in a form of AWS's.`,
      "Check the network, its proxies and AWS_ENDPOINT_URL, then repeat the command: it is safe to repeat.",
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
    const next = "Look with mfactl show or mfactl list at how things stand. MFACTL_DEBUG=1 shows the whole error.";
    return new Failure("aws-failed", `AWS refused: ${said}`, next, { cause: error });
  }
  return new Failure("unexpected", said, "MFACTL_DEBUG=1 shows where; please report it.", { cause: error });
};

const answered = v.object({ $metadata: v.object({ httpStatusCode: v.number() }) });

const statusOf = (error: Error): number | undefined => {
  const { success, output } = v.safeParse(answered, error);
  return success ? output.$metadata.httpStatusCode : undefined;
};
