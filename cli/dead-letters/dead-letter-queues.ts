import {
  ChangeMessageVisibilityBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { StackOutputs } from "../stack/stack-outputs.ts";

export const queueNames = ["records", "due", "timer", "reconcile", "explain-alarm", "drill"] as const;

/** A dead-letter queue and, if its messages can be moved back, their original queue. */
export interface DeadLetterQueue {
  name: (typeof queueNames)[number];
  url: string;
  /** Undefined when AWS wrote the messages, not this service. */
  backTo?: string;
  holds: string;
}

export const deadLetterQueues = (outputs: StackOutputs): DeadLetterQueue[] => [
  {
    name: "records",
    url: outputs.RecordsDlqUrl,
    backTo: outputs.RecordsQueueUrl,
    holds: "resets and sign-ins that could not be recorded",
  },
  { name: "due", url: outputs.DueDlqUrl, backTo: outputs.DueQueueUrl, holds: "re-enables that could not be tried" },
  { name: "timer", url: outputs.TimerDlqUrl, holds: "timers that EventBridge Scheduler could not deliver" },
  { name: "reconcile", url: outputs.ReconcileDlqUrl, holds: "runs of the reconciler that failed" },
  { name: "explain-alarm", url: outputs.ExplainAlarmDlqUrl, holds: "alarms that could not be explained" },
  { name: "drill", url: outputs.DrillDlqUrl, holds: "drills that died" },
];

/** The queue's approximate number of messages, hidden ones included, and its ARN. */
export const queueState = async (sqs: SQSClient, QueueUrl: string): Promise<{ messages: number; arn: string }> => {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ["QueueArn", "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  const count = (name: "ApproximateNumberOfMessages" | "ApproximateNumberOfMessagesNotVisible") =>
    Number(Attributes?.[name] ?? 0);
  return {
    messages: count("ApproximateNumberOfMessages") + count("ApproximateNumberOfMessagesNotVisible"),
    arn: Attributes?.QueueArn ?? "",
  };
};

/** Hides the messages from this command's own next receive. If mfactl dies, they reappear after this time. */
const hiddenSeconds = 30;

/**
 * Reads up to `most` messages without removing them. They are hidden from other readers meanwhile, and visible again afterwards.
 * SQS has no other way to read: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
export const lookInto = async (sqs: SQSClient, QueueUrl: string, most: number): Promise<Message[]> => {
  const found: Message[] = [];
  try {
    while (found.length < most) {
      const { Messages } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: Math.min(10, most - found.length),
          VisibilityTimeout: hiddenSeconds,
          WaitTimeSeconds: 1,
          MessageAttributeNames: ["All"],
          MessageSystemAttributeNames: ["SentTimestamp", "ApproximateReceiveCount"],
        }),
      );
      if (Messages === undefined || Messages.length === 0) break;
      found.push(...Messages);
    }
  } finally {
    for (let start = 0; start < found.length; start += 10) {
      const Entries = found
        .slice(start, start + 10)
        .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout: 0 }));
      await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
    }
  }
  return found;
};
