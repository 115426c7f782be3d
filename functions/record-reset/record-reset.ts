import * as v from "valibot";
import { record } from "../../events/record.ts";
import type { FailedRecords } from "../../shared/failed-records.ts";
import type { Deps } from "../../shared/lifecycle/deps.ts";
import { recordFact } from "../../shared/lifecycle/record-fact.ts";
import type { DeadLetters } from "../../shared/queues.ts";
import { createBatchHandler } from "../../shared/sqs-batch.ts";
import { recordToRemember } from "./record-to-remember.ts";

/** Takes facts off the RECORDS queue and puts each on its user's window. */
export const createRecordReset = (
  deps: Deps & {
    userPoolId: string;
    deadLetters: DeadLetters;
    failedRecords: Pick<FailedRecords, "remember" | "forget">;
  },
) => {
  const schema = v.pipe(
    record,
    v.check(({ userPoolId }) => userPoolId === deps.userPoolId, "a record of this stack's user pool"),
  );
  const remember = async (body: string): Promise<void> => {
    const now = deps.clock.now();
    const found = recordToRemember(body, deps.userPoolId, now);
    if (found !== undefined) await deps.failedRecords.remember(found, now);
  };
  return createBatchHandler({ ...deps, schema, remember }, "one by one", async (fact, { isRemembered }) => {
    const result = await recordFact(deps, fact);
    if (isRemembered) await deps.failedRecords.forget(fact);
    deps.telemetry.log.info("fact-handled", { kind: fact.kind, sub: fact.sub, result });
    return "done";
  });
};
