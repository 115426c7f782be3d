import { type CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** An alarm of this stack in the state ALARM. */
export interface StandingAlarm {
  name: string;
  since: Date | undefined;
}

/** The approximate number of messages in a dead-letter queue. */
export interface DeadLetterCount {
  queue: string;
  messages: number;
}

/** Open problems that are not in the table. */
export interface Standing {
  alarms(): Promise<StandingAlarm[]>;
  deadLetters(): Promise<DeadLetterCount[]>;
}

/**
 * Reads the alarms whose names begin with the prefix, and the queues at these URLs. Throws the SDK's errors.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
export const awsStanding = (
  { cloudWatch, sqs }: { cloudWatch: CloudWatchClient; sqs: SQSClient },
  { alarmNamePrefix, deadLetterQueueUrls }: { alarmNamePrefix: string; deadLetterQueueUrls: string[] },
): Standing => ({
  async alarms() {
    const standing: StandingAlarm[] = [];
    const asked = { AlarmNamePrefix: alarmNamePrefix, StateValue: "ALARM" as const };
    for await (const { MetricAlarms } of paginateDescribeAlarms({ client: cloudWatch }, asked)) {
      for (const { AlarmName = "", StateTransitionedTimestamp, StateUpdatedTimestamp } of MetricAlarms ?? []) {
        standing.push({ name: AlarmName, since: StateTransitionedTimestamp ?? StateUpdatedTimestamp });
      }
    }
    return standing;
  },

  deadLetters: () =>
    Promise.all(
      deadLetterQueueUrls.map(async (QueueUrl) => {
        const { Attributes } = await sqs.send(
          new GetQueueAttributesCommand({
            QueueUrl,
            AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
          }),
        );
        const messages = Object.values(Attributes ?? {}).reduce((total, count) => total + Number(count), 0);
        return { queue: QueueUrl.split("/").at(-1) ?? QueueUrl, messages };
      }),
    ),
});
