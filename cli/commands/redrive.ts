import { ListMessageMoveTasksCommand, StartMessageMoveTaskCommand } from "@aws-sdk/client-sqs";
import { Argument, type Command } from "commander";
import type { Context } from "../context.ts";
import { type DeadLetterQueue, deadLetterQueues, queueNames, queueState } from "../dead-letters/dead-letter-queues.ts";
import { Failure } from "../failure.ts";
import type { Connection } from "../stack/connection.ts";
import { countOption } from "../terminal/option-values.ts";
import { type Output, plural } from "../terminal/output.ts";

interface Options {
  rate: number;
}

interface Moved {
  queue: string;
  moved: number;
  /** What lies there now: what came back, or came meanwhile. */
  left: number;
}

export const register = (program: Command, context: Context): void => {
  program
    .command("redrive")
    .summary("move dead letters back to where they came from")
    .addArgument(new Argument("[queue]", "one queue (default: all that can be moved)").choices(queueNames))
    .option("--rate <count>", "messages per second", countOption(500), 5)
    .addHelpText(
      "after",
      `
The messages are handled again as if they were new, which is safe: all of it can be repeated. One that can never be
understood comes back. What lies in the other queues cannot be moved; nothing is lost with it, since windows are closed
from the table.

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
    await context.confirm(`Move ${plural(messages, "message")} of ${queue.name} back, ${rate} a second?`);
    done.push(await move(connection, output, { ...queue, arn, rate }));
  }
  output.result({ queues: done }, () =>
    done.length === 0
      ? ["Nothing to move: the queues are empty."]
      : done.map(
          ({ queue, moved, left }) =>
            `${output.style("green", "Moved")} ${plural(moved, "message")} of ${queue} back.` +
            (left === 0 ? "" : ` ${left} lie there now; mfactl failures tells why.`),
        ),
  );
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
const move = async (
  { sqs, clock }: Pick<Connection, "sqs" | "clock">,
  output: Output,
  { name, url, backTo, arn, rate }: DeadLetterQueue & { arn: string; rate: number },
): Promise<Moved> => {
  // The destination is named: SQS does not know where a message came from that a function put there itself.
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
        `SQS moved ${plural(moved, "message")} of ${name}, and then stopped: ${task.FailureReason ?? task.Status}.`,
        `Repeat mfactl redrive ${name}: what was moved is not moved twice.`,
      );
    }
    output.progress(`${name}: ${moved} of ${task?.ApproximateNumberOfMessagesToMove ?? "?"} (it goes on if you leave)`);
    await clock.sleep(1000);
  }
};

const notMovable = ({ name, holds }: DeadLetterQueue): Failure =>
  new Failure(
    "not-movable",
    `${name} holds ${holds}: what AWS could not deliver, no messages of ours, so SQS cannot move them back.`,
    "Nothing is lost: the table is the truth, and the reconciler closes every window from there, every five minutes. " +
      "mfactl list --overdue shows those that wait, mfactl retry --all-overdue has them tried now.",
  );
