import {
  ChangeMessageVisibilityBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { StackOutputs } from "../stack/stack-outputs.ts";

export const queueNames = ["records", "due", "timer", "reconcile", "explain-alarm", "drill"] as const;

/** A dead-letter queue, and the queue that its messages can be moved back to. */
export interface DeadLetterQueue {
  name: (typeof queueNames)[number];
  url: string;
  /** Absent where what lies there is no message of ours. */
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

/** About how many messages lie in the queue, and its ARN. */
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

/** Out of the way of the next look while this one goes on; should it die, they are back by then. */
const hiddenSeconds = 30;

/**
 * Up to `most` messages of the queue, which stay there: they are hidden while being looked at, and shown again after.
 * SQS has no other way to look: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
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
