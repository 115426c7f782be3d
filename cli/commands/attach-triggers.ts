import type { Command } from "commander";
import { Failure } from "../failure.ts";
import { type ChangeOptions, changeTriggers, describeChange, requireOurFunctions } from "../pool/change-triggers.ts";
import { poolMayInvoke } from "../pool/pool-permission.ts";
import { type OurFunctions, planAttach, type TriggerChange, triggerNames } from "../pool/triggers.ts";
import { readWholePool } from "../pool/whole-pool.ts";
import type { OperationsConnection, OperationsContext } from "../stack/operations-context.ts";

export const register = (program: Command, context: OperationsContext): void => {
  program
    .command("attach")
    .description("make the stack's functions the triggers of its user pool, and change nothing else of the pool")
    .option("--replace", "take the place of other functions; detach puts them back")
    .option("--dry-run", "show what would change, and change nothing")
    .option("--lose-unknown", "go on although Cognito has settings that cannot be written back")
    .addHelpText(
      "after",
      `
It writes back everything it read of the pool, reads it again, and sets it back if more than the triggers has changed.

Examples:
  $ mfactl attach --dry-run
  $ mfactl attach
  $ mfactl attach --replace --yes`,
    )
    .action((options: AttachOptions) => attachTriggers(context, options));
};

export interface AttachOptions extends ChangeOptions {
  replace?: boolean;
}

/** Attaches the triggers. Throws a failure, and changes nothing, where a function of somebody else's is in the way. */
export const attachTriggers = async (context: OperationsContext, options: AttachOptions): Promise<void> => {
  const connection = await context.connect();
  const ours = requireOurFunctions(connection);
  const whole = await readWholePool(connection.cognito, connection.outputs.UserPoolId);
  const { changes, taken, tags } = planAttach(whole.pool.LambdaConfig ?? {}, whole.pool.UserPoolTags ?? {}, ours);
  if (taken.length > 0 && options.replace !== true) throw takenTriggers(taken);
  await requirePermission(connection, ours, whole.pool.Arn ?? "");
  const outcome = await changeTriggers(context, connection, options, {
    whole,
    changes,
    tags,
    question: `Change these triggers of the pool ${connection.outputs.UserPoolId}?`,
  });
  const displaced = taken.map(({ trigger, before }) => ({ trigger, function: before }));
  const words = {
    changed: "The triggers are attached, and nothing else of the pool has changed.",
    unchanged: "The triggers are attached already.",
    "dry-run": "This would change; nothing was changed.",
  };
  context.output.result({ outcome, changes, displaced }, () => [
    ...(outcome === "dry-run" ? changes.map(describeChange) : []),
    words[outcome],
    ...(outcome === "changed"
      ? displaced.map(
          (one) => `${one.function} is not called any more; mfactl detach puts it back (see the pool's tags).`,
        )
      : []),
  ]);
};

const takenTriggers = (taken: TriggerChange[]): Error =>
  new Failure(
    "trigger-taken",
    ["The pool calls other functions there, and can call only one:", ...taken.map(describeChange)].join("\n  "),
    [
      "There are two ways out, and nothing was changed:",
      "  1. Keep your function, and let it record: one .use(recordMfaFacts(…)), see examples/own-post-confirmation.",
      "  2. mfactl attach --replace takes its place; mfactl detach puts it back.",
    ].join("\n"),
    { taken },
  );

/** A trigger that Cognito may not invoke would fail the sign-ins of the whole pool. */
const requirePermission = async (
  { lambda }: OperationsConnection,
  ours: OurFunctions,
  poolArn: string,
): Promise<void> => {
  for (const trigger of triggerNames) {
    if (await poolMayInvoke(lambda, ours[trigger], poolArn)) continue;
    throw new Failure(
      "configuration",
      `Cognito may not invoke ${ours[trigger]} for this pool: every ${trigger} would fail.`,
      "Deploy the stack with --param userPoolId set to this pool, then repeat the command.",
    );
  }
};
