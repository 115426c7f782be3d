import * as v from "valibot";
import { record, type FactRecord } from "../../events/record.ts";
import type { FailedRecords } from "../../shared/ledgers/failed-records.ts";
import type { Ledger } from "../../shared/ledgers/ledger.ts";
import { noteRepeatedDrift, type RepeatedDrift } from "../../shared/ledgers/repeated-drifts.ts";
import { applyRecord } from "../../shared/lifecycle/apply-record.ts";
import type { Deps } from "../../shared/lifecycle/deps.ts";
import type { DeadLetters } from "../../shared/queues/queues.ts";
import { createBatchHandler, type Memory } from "../../shared/queues/sqs-batch.ts";
import { describeError } from "../../shared/telemetry/telemetry.ts";
import { UsernameRefusedError } from "../../shared/users/user-directory.ts";
import { recordToRemember } from "./record-to-remember.ts";

const looksAtMissing = 2;

/**
 * Handles facts from the RECORDS queue and puts each on its user's window. If a look does not find the user, the
 * message comes back after the queue's visibility timeout, and a second look decides. A message that fails repeatedly,
 * or is malformed but says whose it is, goes into the ledger `failed-records` until the service has looked at its user.
 * A record that names another user than its `sub` does not: the service believes nothing of it.
 */
export const createRecordReset = (
  deps: Deps & {
    userPoolId: string;
    deadLetters: DeadLetters;
    failedRecords: Pick<FailedRecords, "remember" | "forget">;
    drifts: Pick<Ledger<RepeatedDrift>, "put">;
  },
) => {
  const { failedRecords, userPoolId, clock, telemetry } = deps;
  const schema = v.pipe(
    record,
    v.check((fact) => fact.userPoolId === userPoolId, "a record of this stack's user pool"),
  );
  const memory: Memory<FactRecord> = {
    async remember(body) {
      const now = clock.now();
      const found = recordToRemember(body, userPoolId, now);
      if (found !== undefined) await failedRecords.remember(found, now);
    },
    forget: (fact) => failedRecords.forget(fact),
  };
  return createBatchHandler({ ...deps, schema, memory }, "one by one", async (fact, { receiveCount, timeLeft }) => {
    const isLastLook = receiveCount >= looksAtMissing;
    const result = await applyRecord(deps, fact, { isLastLook, timeLeft }).catch(unlessRefused);
    if (result === "refused") return { malformed: "username: expected one that Cognito takes" };
    telemetry.log.info("fact-handled", { kind: fact.kind, sub: fact.sub, result });
    if (result === "drifted-again") {
      // The alarm fires in any case; only its explanation would lack this user.
      await noteRepeatedDrift(deps.drifts, fact, clock.now()).catch((error: unknown) =>
        telemetry.log.error("drift-not-noted", { sub: fact.sub, ...describeError(error) }),
      );
    }
    if (result === "disbelieved") return { malformed: "username: expected the name of the user with this sub" };
    if (result === "no-time") return result;
    return result === "missing" && !isLastLook ? "again" : "done";
  });
};

const unlessRefused = (error: unknown): "refused" => {
  if (error instanceof UsernameRefusedError) return "refused";
  throw error;
};
