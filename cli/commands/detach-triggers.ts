import { GetFunctionConfigurationCommand, type LambdaClient, ResourceNotFoundException } from "@aws-sdk/client-lambda";
import type { Command } from "commander";
import { type ChangeOptions, changeTriggers, describeChange, requireOurFunctions } from "../pool/change-triggers.ts";
import { planDetach, type TriggerChange } from "../pool/triggers.ts";
import { readWholePool } from "../pool/whole-pool.ts";
import type { OperationsContext } from "../stack/operations-context.ts";

export const register = (program: Command, context: OperationsContext): void => {
  program
    .command("detach")
    .description("take the stack's functions out of the triggers of its user pool, and put back what they displaced")
    .option("--dry-run", "show what would change, and change nothing")
    .option("--lose-unknown", "go on although Cognito has settings that cannot be written back")
    .addHelpText(
      "after",
      `
Open windows are still closed when they are due, but no new ones open.

Examples:
  $ mfactl detach --dry-run
  $ mfactl detach`,
    )
    .action((options: ChangeOptions) => detachTriggers(context, options));
};

/** Undoes `attachTriggers`: our functions go, others stay, and those that were displaced come back if they exist. */
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
    question: `Stop recording resets and sign-ins of the pool ${connection.outputs.UserPoolId}?`,
  });
  const words = {
    changed: "The triggers are detached. Open windows still close; no new ones are opened by what users do.",
    unchanged: "None of the stack's functions is a trigger of the pool.",
    "dry-run": "This would change; nothing was changed.",
  };
  context.output.result({ outcome, changes, gone }, () => [
    ...(outcome === "dry-run" ? changes.map(describeChange) : []),
    words[outcome],
    ...gone.map((arn) => `${arn}, which was displaced, does not exist any more and is not put back.`),
  ]);
};

/** Only when Lambda says so: a function of another account, which we may not look at, is put back. */
const functionIsGone = async (lambda: LambdaClient, FunctionName: string): Promise<boolean> => {
  try {
    await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return false;
  } catch (error) {
    return error instanceof ResourceNotFoundException;
  }
};
