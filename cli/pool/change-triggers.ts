import { Failure } from "../exit/failure.ts";
import type { OperationsConnection, OperationsContext } from "../stack/operations-context.ts";
import { changePool } from "./change-pool.ts";
import { type OurFunctions, ourFunctions, type TriggerChange, withChanges } from "./triggers.ts";
import type { WholePool } from "./whole-pool.ts";

export interface ChangeOptions {
  /** Shows the changes without making them. */
  dryRun?: boolean;
  /** Continues although some settings cannot be written back and return to their defaults. */
  loseUnknown?: boolean;
}

export type TriggersChanged = "changed" | "unchanged" | "dry-run";

export const requireOurFunctions = (connection: OperationsConnection): OurFunctions => {
  const ours = ourFunctions(connection.outputs);
  if (ours !== undefined) return ours;
  const message = `The outputs of the stack ${connection.stack.name} do not name its trigger functions.`;
  throw new Failure("configuration", message, "Deploy the stack again with this version.");
};

/** Shows the changes, asks for confirmation, makes them and verifies them. Throws a Failure when the pool is not as intended. */
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
        `The pool changed in the meantime (${changed.paths.join(", ")}), so mfactl wrote nothing.`,
        "Repeat the command: it reads the pool again.",
        { paths: changed.paths },
      );
    case "restored":
      throw new Failure(
        "pool-restored",
        changed.left.length === 0
          ? `More than the triggers changed (${changed.paths.join(", ")}), so mfactl restored the pool.`
          : `More than the triggers changed, and mfactl could not restore these settings: ${changed.left.join(", ")}.`,
        changed.left.length === 0
          ? "Set the triggers where the pool is managed: in its template or in the console."
          : "Restore them by hand. Look up their previous values where the pool is managed.",
        { paths: changed.paths, left: changed.left },
      );
  }
};

const requireKnownSettings = (options: ChangeOptions, { unknown }: WholePool): void => {
  if (unknown.length === 0 || options.loseUnknown === true) return;
  throw new Failure(
    "pool-unknown-setting",
    `The pool has settings that this version of mfactl does not know. A change would reset them to their defaults: ${unknown.join(", ")}.`,
    "Update mfactl, or set the triggers where the pool is managed. If these settings do not matter, use --lose-unknown.",
    { unknown },
  );
};

export const describeChange = ({ trigger, before, after }: TriggerChange): string =>
  `${trigger}: ${before ?? "none"} → ${after ?? "none"}`;
