import { AwsError } from "../service.ts";

/**
 * Performs each entry on its own: a refused entry does not affect the others. Throws when SQS refuses the whole batch.
 */
export const performBatch = <Entry extends { Id: string }>(
  entries: Entry[],
  perform: (entry: Entry) => object | void,
): { Successful: object[]; Failed: object[] } => {
  if (entries.length === 0)
    throw new AwsError("EmptyBatchRequest", "There should be at least one entry in the request.");
  if (entries.length > 10) {
    const message = `Maximum number of entries per request are 10. You have sent ${entries.length}.`;
    throw new AwsError("TooManyEntriesInBatchRequest", message);
  }
  const ids = entries.map((entry) => entry.Id);
  if (ids.some((id) => !/^[\w-]{1,80}$/.test(id))) {
    const message =
      "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.";
    throw new AwsError("InvalidBatchEntryId", message);
  }
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw new AwsError("BatchEntryIdsNotDistinct", `Id ${repeated} repeated.`);

  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...perform(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: error.status < 500 });
    }
  }
  return { Successful, Failed };
};
