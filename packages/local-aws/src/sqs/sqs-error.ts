import { AwsError, type WireResponse } from "../service.ts";

const QUERY_CODES: Record<string, string> = {
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
  QueueNameExists: "QueueAlreadyExists",
  ...Object.fromEntries(
    [
      "BatchEntryIdsNotDistinct",
      "BatchRequestTooLong",
      "EmptyBatchRequest",
      "InvalidBatchEntryId",
      "MessageNotInflight",
      "PurgeQueueInProgress",
      "TooManyEntriesInBatchRequest",
      "UnsupportedOperation",
    ].map((code) => [code, `AWS.SimpleQueueService.${code}`]),
  ),
};

/** Returns the refusal with both error codes: that of the JSON protocol, and the older one that most callers check. */
export const refuseAsSqs = (error: AwsError): WireResponse => ({
  status: error.status,
  headers: {
    "content-type": "application/x-amz-json-1.0",
    "x-amzn-query-error": `${QUERY_CODES[error.code] ?? error.code};${error.status < 500 ? "Sender" : "Receiver"}`,
  },
  body: JSON.stringify({ __type: `com.amazonaws.sqs#${error.code}`, message: error.message }),
});

export const invalidParameter = (parameter: string, value: unknown, reason: string): AwsError =>
  new AwsError(
    "InvalidParameterValue",
    `Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`,
  );

export const queueDoesNotExist = (): AwsError =>
  new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
