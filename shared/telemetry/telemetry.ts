/**
 * The logs and metrics that operators read. Never personal data: they name a user by `sub`, never by username, address
 * or attribute.
 */
export interface Log {
  info(event: string, fields?: LogFields): void;
  /** Nothing is lost, but a person may need to know. */
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/**
 * The fields of a line in addition to its event. None may have a name that Powertools' Logger reserves: it drops such a
 * field, and adds a line with a warning.
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

/** A dimension multiplies CloudWatch's bill; none may ever name a user. */
export interface Dimension {
  name: "origin" | "outcome" | "reason" | "kind" | "queue";
  value: string;
}

interface Metrics {
  /** With a dimension the value counts twice: under the dimension, and in the total without one. */
  add(metric: Metric, value: number, dimension?: Dimension): void;
}

export interface Telemetry {
  log: Log;
  metrics: Metrics;
  /** Writes the metrics added since the last call. Call it before an invocation ends. */
  flush(): Promise<void>;
}

/** Returns free text for the log: anything that looks like an address is left out. */
export const withoutAddresses = (text: string): string => text.replace(/(?<!\S)\S+@\S+/g, "…");

/**
 * Returns an error for the log: its name, its message as `detail`, and the place in the code. Some of AWS's messages
 * quote the value that was sent, which can be a username. So everything in quotes, or that looks like an address, is
 * left out.
 */
export const describeError = (error: unknown): { error: string; detail: string; where?: string | undefined } => {
  if (!(error instanceof Error)) return { error: typeof error, detail: "" };
  const detail = withoutAddresses(error.message.replace(/(["'`]).*?\1/gs, "$1…$1"));
  return {
    // Node identifies its own errors of the network and of TLS only by a code:
    // https://nodejs.org/api/errors.html#errorcode
    error: error.name === "Error" && "code" in error && typeof error.code === "string" ? error.code : error.name,
    detail,
    where: error.stack
      ?.split("\n")
      .find((line) => line.startsWith("    at "))
      ?.trim(),
  };
};
