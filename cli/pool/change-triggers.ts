import { Failure } from "../failure.ts";
import type { OperationsConnection, OperationsContext } from "../stack/operations-context.ts";
import { changePool } from "./change-pool.ts";
import { type OurFunctions, ourFunctions, type TriggerChange, withChanges } from "./triggers.ts";
import type { WholePool } from "./whole-pool.ts";

export interface ChangeOptions {
  /** Shows what would change, and changes nothing. */
  dryRun?: boolean;
  /** Goes on although Cognito answered with settings that cannot be written back, and go back to their defaults. */
  loseUnknown?: boolean;
}

export type TriggersChanged = "changed" | "unchanged" | "dry-run";

export const requireOurFunctions = (connection: OperationsConnection): OurFunctions => {
  const ours = ourFunctions(connection.outputs);
  if (ours !== undefined) return ours;
  const message = `The stack ${connection.stack.name} does not say which its trigger functions are.`;
  throw new Failure("configuration", message, "Deploy the stack again with this version.");
};

/** Shows the change, asks, makes it and proves it. Throws a failure for every end but the good ones. */
export const changeTriggers = async (
  context: OperationsContext,
  connection: OperationsConnection,
  options: ChangeOptions,
  {
    whole,
    changes,
    tags,
    question,
  }: {
    whole: WholePool;
    changes: TriggerChange[];
    tags: Record<string, string>;
    question: string;
  },
): Promise<TriggersChanged> => {
  if (changes.length === 0) return "unchanged";
  requireKnownSettings(options, whole);
  if (options.dryRun === true) return "dry-run";
  for (const change of changes) context.output.aside(describeChange(change));
  await context.confirm(question);
  const LambdaConfig = withChanges(whole.pool.LambdaConfig ?? {}, changes);
  const changed = await changePool(connection, whole, { LambdaConfig, UserPoolTags: tags });
  switch (changed.kind) {
    case "changed":
      return "changed";
    case "changed-meanwhile":
      throw new Failure(
        "pool-changed",
        `Somebody else changed the pool in the meantime (${changed.paths.join(", ")}), so nothing was written.`,
        "Repeat the command: it reads the pool anew.",
        { paths: changed.paths },
      );
    case "restored":
      throw new Failure(
        "pool-restored",
        changed.left.length === 0
          ? `More than the triggers had changed (${changed.paths.join(", ")}), so the pool was set back to what it was.`
          : `More than the triggers had changed, and these settings could not be set back: ${changed.left.join(", ")}.`,
        changed.left.length === 0
          ? "Set the triggers where the pool is managed: in its template, or in the console."
          : "Set them back by hand: the console, or whatever manages the pool, knows how they were.",
        { paths: changed.paths, left: changed.left },
      );
  }
};

const requireKnownSettings = (options: ChangeOptions, { unknown }: WholePool): void => {
  if (unknown.length === 0 || options.loseUnknown === true) return;
  throw new Failure(
    "pool-unknown-setting",
    `Cognito knows settings that this version does not, and that a change would set back to their defaults: ${unknown.join(", ")}.`,
    "Update mfactl, or set the triggers where the pool is managed. If you know that they do not matter: --lose-unknown.",
    { unknown },
  );
};

export const describeChange = ({ trigger, before, after }: TriggerChange): string =>
  `${trigger}: ${before ?? "none"} → ${after ?? "none"}`;
