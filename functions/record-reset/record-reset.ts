import * as v from "valibot";
import { record } from "../../events/record.ts";
import type { Deps } from "../../shared/lifecycle/deps.ts";
import { recordFact } from "../../shared/lifecycle/record-fact.ts";
import type { DeadLetters } from "../../shared/queues.ts";
import { createBatchHandler } from "../../shared/sqs-batch.ts";
import { UsernameRefusedError } from "../../shared/user-directory.ts";

const looksAtMissing = 2;

/**
 * Takes facts off the RECORDS queue and puts each on its user's window. The user of a fact may be missing at one look: the
 * message then comes back after the queue's visibility timeout, and a second look decides.
 */
export const createRecordReset = (deps: Deps & { userPoolId: string; deadLetters: DeadLetters }) => {
  const schema = v.pipe(
    record,
    v.check(({ userPoolId }) => userPoolId === deps.userPoolId, "a record of this stack's user pool"),
  );
  return createBatchHandler({ ...deps, schema }, "one by one", async (fact, { receiveCount }) => {
    const isLastLook = receiveCount >= looksAtMissing;
    const result = await recordFact(deps, fact, { isLastLook }).catch(unlessRefused);
    if (result === "refused") return { malformed: "username: expected one that Cognito takes" };
    deps.telemetry.log.info("fact-handled", { kind: fact.kind, sub: fact.sub, result });
    if (result === "disbelieved") return { malformed: "username: expected the name of the user with this sub" };
    return result === "missing" && !isLastLook ? "again" : "done";
  });
};

const unlessRefused = (error: unknown): "refused" => {
  if (error instanceof UsernameRefusedError) return "refused";
  throw error;
};
