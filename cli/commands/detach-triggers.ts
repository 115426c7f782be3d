import { GetFunctionConfigurationCommand, type LambdaClient, ResourceNotFoundException } from "@aws-sdk/client-lambda";
import type { Command } from "commander";
import { type ChangeOptions, changeTriggers, describeChange, requireOurFunctions } from "../pool/change-triggers.ts";
import { planDetach, type TriggerChange } from "../pool/triggers.ts";
import { readWholePool } from "../pool/whole-pool.ts";
import type { OperationsContext } from "../stack/operations-context.ts";

export const register = (program: Command, context: OperationsContext): void => {
  program
    .command("detach")
    .description("remove the stack's functions from its user pool's triggers and restore the functions they replaced")
    .option("--dry-run", "show the changes without making them")
    .option("--lose-unknown", "continue although some of the pool's settings cannot be written back")
    .addHelpText(
      "after",
      `
Open windows still close when they are due, but password resets and sign-ins open no new ones.

Examples:
  $ mfactl detach --dry-run
  $ mfactl detach`,
    )
    .action((options: ChangeOptions) => detachTriggers(context, options));
};

/** Undoes `attachTriggers`: removes our functions, keeps others, and restores displaced functions that still exist. */
export const detachTriggers = async (context: OperationsContext, options: ChangeOptions): Promise<void> => {
  const connection = await context.connect();
  const ours = requireOurFunctions(connection);
  const whole = await readWholePool(connection.cognito, connection.outputs.UserPoolId);
  const plan = planDetach(whole.pool.LambdaConfig ?? {}, whole.pool.UserPoolTags ?? {}, ours);
  const gone: string[] = [];
  const changes: TriggerChange[] = [];
  for (const change of plan.changes) {
    const isGone = change.after !== undefined && (await functionIsGone(connection.lambda, change.after));
    if (isGone) gone.push(change.after ?? "");
    changes.push(isGone ? { ...change, after: undefined } : change);
  }
  const outcome = await changeTriggers(context, connection, options, {
    whole,
    changes,
    tags: plan.tags,
    question: `Stop recording resets and sign-ins in the pool ${connection.outputs.UserPoolId}?`,
  });
  const words = {
    changed: "The triggers are detached. Open windows still close. Password resets and sign-ins open no new ones.",
    unchanged: "None of the stack's functions is a trigger of the pool.",
    "dry-run": "Dry run: nothing was changed.",
  };
  context.output.result({ outcome, changes, gone }, () => [
    ...(outcome === "dry-run" ? changes.map(describeChange) : []),
    words[outcome],
    ...gone.map((arn) => `${arn} was not restored: it no longer exists.`),
  ]);
};

/** True only if Lambda says so. A function of another account that we may not read counts as existing. */
const functionIsGone = async (lambda: LambdaClient, FunctionName: string): Promise<boolean> => {
  try {
    await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return false;
  } catch (error) {
    return error instanceof ResourceNotFoundException;
  }
};
