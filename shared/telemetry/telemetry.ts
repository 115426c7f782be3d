/** What the operators read. Never personal data: a user is named by `sub`, never by username, address or attribute. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  /** Nothing is lost, but a person may want to know. */
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/**
 * The fields of a line beside its event. None may have a name that Powertools' Logger keeps for itself: it drops such a field,
 * and adds a line that warns of it.
 * https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/#appending-additional-keys
 */
export type LogFields = Record<string, string | number | boolean | undefined> & {
  [reserved in "level" | "message" | "sampling_rate" | "service" | "timestamp"]?: never;
};

/** The metrics of the namespace CognitoMfaLifecycle. */
export const metricNames = [
  "WindowOpened",
  "WindowClosed",
  "DriftRepeated",
  "ReEnableLateness",
  "ReEnableFailed",
  "Recorded",
  "RecordFailed",
  "MessageMalformed",
  "MessageFailed",
  "WindowsOpen",
  "WindowsOverdue",
  "WindowsNewlyOverdue",
  "OldestOverdue",
  "RecordsNotHandled",
  "ReconcilerHeartbeat",
  "DeadLettersArrived",
  "DrillSucceeded",
  "DrillFailed",
] as const;

export type Metric = (typeof metricNames)[number];

/** A dimension multiplies what CloudWatch bills; none may ever name a user. */
export interface Dimension {
  name: "origin" | "outcome" | "reason" | "kind" | "queue";
  value: string;
}

interface Metrics {
  /** With a dimension the value counts twice: under the dimension, and in the total that has none. */
  add(metric: Metric, value: number, dimension?: Dimension): void;
}

export interface Telemetry {
  log: Log;
  metrics: Metrics;
  /** Writes out the metrics added since; to be called before an invocation ends. */
  flush(): Promise<void>;
}

/** Free text as it may be logged: what looks like an address is left out. */
export const withoutAddresses = (text: string): string => text.replace(/(?<!\S)\S+@\S+/g, "…");

/**
 * An error as it may be logged: its name, its words as `detail`, and the place in the code. AWS words some refusals with the value it was given, which can be a username: what
 * stands in quotes or looks like an address is left out.
 */
export const describeError = (error: unknown): { error: string; detail: string; where?: string | undefined } => {
  if (!(error instanceof Error)) return { error: typeof error, detail: "" };
  const detail = withoutAddresses(error.message.replace(/(["'`]).*?\1/gs, "$1…$1"));
  return {
    // Node names its own errors, of the network and of TLS, by a code alone: https://nodejs.org/api/errors.html#errorcode
    error: error.name === "Error" && "code" in error && typeof error.code === "string" ? error.code : error.name,
    detail,
    where: error.stack
      ?.split("\n")
      .find((line) => line.startsWith("    at "))
      ?.trim(),
  };
};
