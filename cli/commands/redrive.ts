import { ListMessageMoveTasksCommand, StartMessageMoveTaskCommand } from "@aws-sdk/client-sqs";
import { Argument, type Command } from "commander";
import { type DeadLetterQueue, deadLetterQueues, queueNames, queueState } from "../dead-letters/dead-letter-queues.ts";
import { Failure } from "../exit/failure.ts";
import type { Connection } from "../stack/connection.ts";
import type { Context } from "../stack/context.ts";
import { countOption } from "../terminal/option-values.ts";
import { type Output, plural } from "../terminal/output.ts";

interface Options {
  rate: number;
}

interface Moved {
  queue: string;
  moved: number;
  /** The messages in the dead-letter queue afterwards: they came back or are new. */
  left: number;
}

export const register = (program: Command, context: Context): void => {
  program
    .command("redrive")
    .summary("move dead letters back to their original queue")
    .addArgument(new Argument("[queue]", "one queue (default: all whose messages can be moved)").choices(queueNames))
    .option("--rate <count>", "messages per second", countOption(500), 5)
    .addHelpText(
      "after",
      `
The service handles the messages as if they were new. This is safe: handling a message twice does no harm. A message that
cannot be understood comes back. Messages in the other queues cannot be moved. Nothing is lost with them, because the service
closes windows from the table.

Examples:
  $ mfactl failures
  $ mfactl redrive records
  $ mfactl redrive due --rate 2 --yes`,
    )
    .action((queue: string | undefined, options: Options) => redrive(context, queue, options));
};

const redrive = async (context: Context, name: string | undefined, { rate }: Options): Promise<void> => {
  const connection = await context.connect();
  const { output } = context;
  const queues = deadLetterQueues(connection.outputs).filter((queue) =>
    name === undefined ? queue.backTo !== undefined : queue.name === name,
  );
  for (const queue of queues) if (queue.backTo === undefined) throw notMovable(queue);
  const done: Moved[] = [];
  for (const queue of queues) {
    const { messages, arn } = await queueState(connection.sqs, queue.url);
    if (messages === 0) continue;
    await context.confirm(`Move ${plural(messages, "message")} of ${queue.name} back, ${rate} per second?`);
    done.push(await move(connection, output, { ...queue, arn, rate }));
  }
  output.result({ queues: done }, () =>
    done.length === 0
      ? ["Nothing to move: the queues are empty."]
      : done.map(
          ({ queue, moved, left }) =>
            `${output.style("green", "Moved")} ${plural(moved, "message")} of ${queue} back.` +
            (left === 0 ? "" : ` The dead-letter queue now contains ${left}. mfactl failures shows why.`),
        ),
  );
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
const move = async (
  { sqs, clock }: Pick<Connection, "sqs" | "clock">,
  output: Output,
  { name, url, backTo, arn, rate }: DeadLetterQueue & { arn: string; rate: number },
): Promise<Moved> => {
  // SQS does not know the origin of a message that a function copied to the dead-letter queue.
  const DestinationArn = backTo === undefined ? undefined : (await queueState(sqs, backTo)).arn;
  await sqs.send(
    new StartMessageMoveTaskCommand({ SourceArn: arn, DestinationArn, MaxNumberOfMessagesPerSecond: rate }),
  );
  for (;;) {
    const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn, MaxResults: 1 }));
    const [task] = Results ?? [];
    const moved = task?.ApproximateNumberOfMessagesMoved ?? 0;
    if (task?.Status === "COMPLETED") return { queue: name, moved, left: (await queueState(sqs, url)).messages };
    if (task?.Status === "FAILED" || task?.Status === "CANCELLED") {
      throw new Failure(
        "aws-failed",
        `SQS moved ${plural(moved, "message")} of ${name} and then stopped: ${task.FailureReason ?? task.Status}.`,
        `Repeat mfactl redrive ${name}. No message is moved twice.`,
      );
    }
    output.progress(`${name}: ${moved} of ${task?.ApproximateNumberOfMessagesToMove ?? "?"} (continues if you quit)`);
    await clock.sleep(1000);
  }
};

const notMovable = ({ name, holds }: DeadLetterQueue): Failure =>
  new Failure(
    "not-movable",
    `The queue ${name} contains ${holds}. AWS wrote these messages, not the service, so SQS cannot move them back.`,
    "Nothing is lost: every five minutes, the reconciler closes windows from the table. " +
      "mfactl list --overdue shows the windows that are waiting. mfactl retry --all-overdue tries them now.",
  );
