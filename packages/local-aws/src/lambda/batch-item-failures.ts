import * as v from "valibot";

const Answer = v.nullish(
  v.object({
    batchItemFailures: v.nullish(v.array(v.object({ itemIdentifier: v.pipe(v.string(), v.nonEmpty()) }))),
  }),
);

/**
 * Which messages of a batch failed by the function's answer. An answer that cannot be understood, or that names a message
 * which is not in the batch, fails them all: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const failedMessageIds = (answer: unknown, batchIds: ReadonlySet<string>): ReadonlySet<string> => {
  const parsed = v.safeParse(Answer, answer);
  if (!parsed.success) return batchIds;
  const failed = (parsed.output?.batchItemFailures ?? []).map((failure) => failure.itemIdentifier);
  return failed.every((id) => batchIds.has(id)) ? new Set(failed) : batchIds;
};
