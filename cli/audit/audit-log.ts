import {
  type CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from "@aws-sdk/client-cloudwatch-logs";
import type { AuditEntry } from "./audit-entry.ts";

/** Where it is kept who did what, out of reach of those who did it. */
export interface AuditLog {
  /** Throws when not all of the entries were taken. */
  write(entries: AuditEntry[]): Promise<void>;
}

/**
 * One call takes 1 MiB. An entry has at most 10 KB: a reason of 500 characters, a ticket, an ARN, escaped.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
const batchSize = 100;

/** One line of JSON per act, as the functions write theirs, in a log stream of its own, made at the first act. */
export const cloudWatchAuditLog = (
  logs: CloudWatchLogsClient,
  { logGroupName, logStreamName }: { logGroupName: string; logStreamName: string },
): AuditLog => {
  let created = false;
  return {
    async write(entries) {
      if (!created) await createStream(logs, { logGroupName, logStreamName });
      created = true;
      for (let start = 0; start < entries.length; start += batchSize) {
        const logEvents = entries.slice(start, start + batchSize).map(({ at, event, ...fields }) => ({
          timestamp: new Date(at).getTime(),
          message: JSON.stringify({ level: "INFO", message: event, service: "mfactl", timestamp: at, ...fields }),
        }));
        const { rejectedLogEventsInfo } = await logs.send(
          new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }),
        );
        if (rejectedLogEventsInfo !== undefined) {
          throw new Error("CloudWatch Logs does not take entries of this time. Is this machine's clock right?");
        }
      }
    },
  };
};

/** A call whose answer was lost has made the stream. */
const createStream = async (
  logs: CloudWatchLogsClient,
  name: { logGroupName: string; logStreamName: string },
): Promise<void> => {
  try {
    await logs.send(new CreateLogStreamCommand(name));
  } catch (error) {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
  }
};
