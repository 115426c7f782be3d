import * as v from "valibot";
import { due } from "../../events/due.ts";
import type { Deps } from "../../shared/lifecycle/deps.ts";
import { reEnable } from "../../shared/lifecycle/re-enable.ts";
import { type DeadLetters, type DueQueue, longestDelaySeconds } from "../../shared/queues/queues.ts";
import { createBatchHandler } from "../../shared/queues/sqs-batch.ts";
import { dueMessage } from "../../shared/queues/timers.ts";
import type { Pacer } from "../../shared/runtime/pacer.ts";
import type { Window } from "../../shared/windows/window.ts";

type Options = Pick<Deps, "windows" | "users" | "clock" | "policy" | "telemetry"> & {
  userPoolId: string;
  deadLetters: DeadLetters;
  queue: Pick<DueQueue, "send">;
  pacer: Pacer;
};

/**
 * Handles messages of the DUE queue and switches Email MFA on again. A message is only a nudge; the table is the truth.
 * A window that cannot be closed yet, or whose re-enable failed, is nudged again later; the reconciler finds all
 * others.
 */
export const createReEnableMfa = (options: Options) => {
  const schema = v.pipe(
    due,
    v.check(({ userPoolId }) => userPoolId === options.userPoolId, "a window of this stack's user pool"),
  );
  return createBatchHandler({ ...options, schema }, "all at once", async (message, { timeLeft }) => {
    const result = await reEnable({ ...options, timeLeft }, message);
    if (result.kind === "no-time") return result.kind;
    if (result.kind === "early" || result.kind === "missing") await nudge(options, result.window, result.until);
    if (result.kind === "failed") await nudge(options, result.window, result.window.nextTryAt);
    return "done";
  });
};

/** Nudges again after a pause. Leaves a pause longer than SQS can delay to the reconciler. */
const nudge = async ({ queue, clock }: Options, window: Window, at: Date | undefined): Promise<void> => {
  const seconds = at === undefined ? 0 : Math.ceil((at.getTime() - clock.now().getTime()) / 1000);
  if (seconds <= longestDelaySeconds) await queue.send(dueMessage(window), Math.max(0, seconds));
};
