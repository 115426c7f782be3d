import type { Command } from "commander";
import { type DeadLetterQueue, deadLetterQueues, lookInto, queueState } from "../dead-letters/dead-letter-queues.ts";
import { type DeadLetter, readDeadLetter } from "../dead-letters/dead-letter.ts";
import type { Context } from "../stack/context.ts";
import { countOption } from "../terminal/option-values.ts";
import { instant, type Output, plain, plural } from "../terminal/output.ts";

interface Looked extends DeadLetterQueue {
  messages: number;
  letters: DeadLetter[];
}

export const register = (program: Command, context: Context): void => {
  program
    .command("failures")
    .summary("the messages in the dead-letter queues")
    .description("Shows the messages in each dead-letter queue without removing them. Users are named by sub.")
    .option("--limit <count>", "the most messages to show of each queue", countOption(100), 10)
    .addHelpText(
      "after",
      `
While mfactl reads the messages, they are hidden from other readers for a few seconds.

Examples:
  $ mfactl failures
  $ mfactl failures --limit 100 --json`,
    )
    .action((options: { limit: number }) => failures(context, options));
};

const failures = async (context: Context, { limit }: { limit: number }): Promise<void> => {
  const { sqs, outputs } = await context.connect();
  const { output } = context;
  const queues: Looked[] = [];
  for (const queue of deadLetterQueues(outputs)) {
    context.interruption.check();
    output.progress(`reading ${queue.name}`);
    const { messages } = await queueState(sqs, queue.url);
    const letters = messages === 0 ? [] : (await lookInto(sqs, queue.url, limit)).map(readDeadLetter);
    queues.push({ ...queue, messages, letters });
  }
  output.result(
    {
      queues: queues.map(({ name, url, backTo, holds, messages, letters }) => ({
        name,
        url,
        holds,
        movable: backTo !== undefined,
        messages,
        letters,
      })),
    },
    () => [
      output.table(
        ["QUEUE", "MESSAGES", "HOLDS"],
        queues.map(({ name, messages, holds }) => [
          name,
          messages === 0 ? "0" : output.style("red", String(messages)),
          holds,
        ]),
      ),
      ...queues.filter(({ letters }) => letters.length > 0).map((queue) => aboutLetters(output, queue)),
      ...advice(queues),
    ],
  );
};

const aboutLetters = (output: Output, { name, letters }: Looked): string =>
  `\n${output.style("bold", name)}\n${output.table(
    ["SENT", "WHAT", "WHOSE", "WHY"],
    letters.map(({ sentAt, about, reason }) => [
      sentAt === undefined ? "" : instant(sentAt),
      String(about["kind"]),
      typeof about["sub"] === "string" ? plain(about["sub"]) : "",
      plain(reason ?? "received too often"),
    ]),
  )}`;

const advice = (queues: Looked[]): string[] => {
  const full = queues.filter(({ messages }) => messages > 0);
  if (full.length === 0) return ["\nAll dead-letter queues are empty."];
  const movable = full.filter(({ backTo }) => backTo !== undefined);
  return [
    ...movable.map(
      ({ name, messages }) =>
        `\nAfter you fix the cause, mfactl redrive ${name} moves ${plural(messages, "message")} back.`,
    ),
    ...(movable.length < full.length
      ? ["\nThe messages in the other queues are for information only: the service closes the windows from the table."]
      : []),
  ];
};
