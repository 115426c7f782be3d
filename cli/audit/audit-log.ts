import {
  type CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from "@aws-sdk/client-cloudwatch-logs";
import type { AuditEntry } from "./audit-entry.ts";

/** Records who did what. Operators can add entries but cannot change or delete them. */
export interface AuditLog {
  /** Throws unless the log took every entry. */
  write(entries: AuditEntry[]): Promise<void>;
}

/**
 * One call takes up to 1 MiB. An entry has at most 10 KB: a reason of 500 characters, a ticket and an ARN, all escaped.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
const batchSize = 100;

/** Writes one line of JSON per act, in the functions' log format. The first act creates a log stream for this run. */
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
          throw new Error("CloudWatch Logs rejected the entries for their timestamps. Check this machine's clock.");
        }
      }
    },
  };
};

/** Succeeds when the stream exists already: a first try may have created it although its response was lost. */
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
