import type { Command } from "commander";
import { Failure } from "../exit/failure.ts";
import { type ChangeOptions, changeTriggers, describeChange, requireOurFunctions } from "../pool/change-triggers.ts";
import { poolMayInvoke } from "../pool/pool-permission.ts";
import { type OurFunctions, planAttach, type TriggerChange, triggerNames } from "../pool/triggers.ts";
import { readWholePool } from "../pool/whole-pool.ts";
import type { OperationsConnection, OperationsContext } from "../stack/operations-context.ts";

export const register = (program: Command, context: OperationsContext): void => {
  program
    .command("attach")
    .description(
      "attach the stack's functions to its user pool as triggers, without changing anything else in the pool",
    )
    .option("--replace", "replace other functions; detach restores them")
    .option("--dry-run", "show the changes without making them")
    .option("--lose-unknown", "continue although some of the pool's settings cannot be written back")
    .addHelpText(
      "after",
      `
mfactl writes all settings of the pool back with the new triggers, and reads them again. If anything else has changed, it
restores the pool.

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

/** Attaches the triggers. Throws a Failure and changes nothing when another function is attached and `replace` is not set. */
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
    changed: "The triggers are attached. Nothing else in the pool has changed.",
    unchanged: "The triggers are already attached.",
    "dry-run": "Dry run: nothing was changed.",
  };
  context.output.result({ outcome, changes, displaced }, () => [
    ...(outcome === "dry-run" ? changes.map(describeChange) : []),
    words[outcome],
    ...(outcome === "changed"
      ? displaced.map(
          (one) => `The pool no longer calls ${one.function}. mfactl detach restores it (see the pool's tags).`,
        )
      : []),
  ]);
};

const takenTriggers = (taken: TriggerChange[]): Error =>
  new Failure(
    "trigger-taken",
    ["The pool already calls other functions, and each trigger can call only one:", ...taken.map(describeChange)].join(
      "\n  ",
    ),
    [
      "Nothing was changed. You have two options:",
      "  1. Keep your function and let it record the facts: add .use(recordMfaFacts(…)), see examples/own-post-confirmation.",
      "  2. Replace it with mfactl attach --replace. mfactl detach restores it later.",
    ].join("\n"),
    { taken },
  );

/** Throws a Failure when Cognito may not invoke a function. Such a trigger would break sign-in for the whole pool. */
const requirePermission = async (
  { lambda }: OperationsConnection,
  ours: OurFunctions,
  poolArn: string,
): Promise<void> => {
  for (const trigger of triggerNames) {
    if (await poolMayInvoke(lambda, ours[trigger], poolArn)) continue;
    throw new Failure(
      "configuration",
      `Cognito may not invoke ${ours[trigger]} for this pool, so every ${trigger} would fail.`,
      "Deploy the stack with --param userPoolId set to this pool, then repeat the command.",
    );
  }
};
