import * as v from "valibot";
import { record } from "../../events/record.ts";
import type { Deps } from "../../shared/lifecycle/deps.ts";
import { recordFact } from "../../shared/lifecycle/record-fact.ts";
import type { DeadLetters } from "../../shared/queues.ts";
import { createBatchHandler } from "../../shared/sqs-batch.ts";
import { UsernameRefusedError } from "../../shared/user-directory.ts";

/** Takes facts off the RECORDS queue and puts each on its user's window. */
export const createRecordReset = (deps: Deps & { userPoolId: string; deadLetters: DeadLetters }) => {
  const schema = v.pipe(
    record,
    v.check(({ userPoolId }) => userPoolId === deps.userPoolId, "a record of this stack's user pool"),
  );
  return createBatchHandler({ ...deps, schema }, "one by one", async (fact) => {
    const result = await recordFact(deps, fact).catch(unlessRefused);
    if (result === "refused") return { malformed: "username: expected one that Cognito takes" };
    deps.telemetry.log.info("fact-handled", { kind: fact.kind, sub: fact.sub, result });
    return "done";
  });
};

const unlessRefused = (error: unknown): "refused" => {
  if (error instanceof UsernameRefusedError) return "refused";
  throw error;
};
