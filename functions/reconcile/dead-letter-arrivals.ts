/** A dead-letter queue, under its name in `mfactl failures`. */
export interface DeadLetterQueue {
  name: string;
  /** About how many letters it contains, including those in flight. */
  depth(): Promise<number>;
}

export interface Arrivals {
  /** How many letters have arrived at each queue since the last run. Leaves out queues without any. */
  arrived: { queue: string; letters: number }[];
  /** How many letters each queue contains, or contained when it could last be read. */
  deadLetters: Record<string, number>;
  /** Why queues could not be read. */
  failures: unknown[];
}

/**
 * Finds the letters that have arrived at the dead-letter queues, from their depths now and in the last run. CloudWatch
 * has no such metric: NumberOfMessagesSent leaves out messages that SQS itself moves to a dead-letter queue
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html). Misses a
 * letter that arrives while another is removed.
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
