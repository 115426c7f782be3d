/** A dead-letter queue, by the name that `mfactl failures` has for it. */
export interface DeadLetterQueue {
  name: string;
  /** About how many letters it holds, those included that somebody is reading. */
  depth(): Promise<number>;
}

export interface Arrivals {
  /** How many letters have come to each queue since the last run, where any have. */
  arrived: { queue: string; letters: number }[];
  /** How many each queue holds, or held when it could last be read. */
  deadLetters: Record<string, number>;
  /** Why queues could not be read. */
  failures: unknown[];
}

/**
 * What has come to the dead-letter queues, by their depths now and in the last run. CloudWatch counts it nowhere:
 * NumberOfMessagesSent leaves out what SQS itself moves to a dead-letter queue
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html). A letter that comes
 * while another is taken away is not seen.
 */
export const deadLetterArrivals = async (
  queues: readonly DeadLetterQueue[],
  before: Record<string, number>,
): Promise<Arrivals> => {
  const read = await Promise.allSettled(
    queues.map(async (queue) => ({ name: queue.name, letters: await queue.depth() })),
  );
  const found = read.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  return {
    arrived: found
      .map(({ name, letters }) => ({ queue: name, letters: letters - (before[name] ?? 0) }))
      .filter(({ letters }) => letters > 0),
    deadLetters: { ...before, ...Object.fromEntries(found.map(({ name, letters }) => [name, letters])) },
    failures: read.flatMap((one): unknown[] => (one.status === "rejected" ? [one.reason] : [])),
  };
};
