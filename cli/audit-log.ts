import {
  type CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { AuditEntry } from "./connection.ts";

/** Where it is kept who did what, out of reach of those who did it. */
export interface AuditLog {
  write(entries: AuditEntry[]): Promise<void>;
}

/** Far below what one call may hold: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const batchSize = 1000;

/** One line of JSON per act, as the functions write theirs, in a log stream of its own. */
export const cloudWatchAuditLog = (
  logs: CloudWatchLogsClient,
  { logGroupName, logStreamName }: { logGroupName: string; logStreamName: string },
): AuditLog => ({
  async write(entries) {
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    for (let start = 0; start < entries.length; start += batchSize) {
      const logEvents = entries.slice(start, start + batchSize).map(({ at, event, ...fields }) => ({
        timestamp: new Date(at).getTime(),
        message: JSON.stringify({ level: "INFO", message: event, service: "mfactl", timestamp: at, ...fields }),
      }));
      await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
    }
  },
});
