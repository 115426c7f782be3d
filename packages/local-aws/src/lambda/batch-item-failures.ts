import * as v from "valibot";

const Answer = v.nullish(
  v.object({
    batchItemFailures: v.nullish(v.array(v.object({ itemIdentifier: v.pipe(v.string(), v.nonEmpty()) }))),
  }),
);

/**
 * Returns the ids of the messages that failed according to the function's answer. A malformed answer, or one with an id
 * that is not in the batch, fails all messages:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const failedMessageIds = (answer: unknown, batchIds: ReadonlySet<string>): ReadonlySet<string> => {
  const parsed = v.safeParse(Answer, answer);
  if (!parsed.success) return batchIds;
  const failed = (parsed.output?.batchItemFailures ?? []).map((failure) => failure.itemIdentifier);
  return failed.every((id) => batchIds.has(id)) ? new Set(failed) : batchIds;
};
