/** What a deployment looks after: a pool by its id, or the pool that the stack makes. */
export type NextPool = { kind: "existing-pool"; userPoolId: string } | { kind: "reference-pool" };

/** Takes the output UserPoolId of a template: the id of an existing pool is text, that of the stack's own is a reference. */
export const nextPool = (outputValue: unknown): NextPool =>
  typeof outputValue === "string" ? { kind: "existing-pool", userPoolId: outputValue } : { kind: "reference-pool" };

/**
 * Whether a deployment takes the service away from a pool. No function closes the windows of that pool afterwards, so the
 * operator has to say by `formerUserPoolId` that they know. Takes the outputs of the stack as it is deployed, none at first.
 * Returns what is wrong and what to do, or nothing.
 */
export const faultOfPoolChange = (
  stackName: string,
  deployed: Record<string, string | undefined>,
  next: NextPool,
  formerUserPoolId: string | undefined,
): string | undefined => {
  const current = deployed["UserPoolId"];
  if (current === undefined || isSame(current, deployed["PoolVariant"], next) || formerUserPoolId === current)
    return undefined;
  const target = next.kind === "existing-pool" ? `the pool ${next.userPoolId}` : "a new pool that the stack makes";
  return [
    `The stack ${stackName} looks after the pool ${current}, and this deployment would make it look after ${target}.`,
    `No function would close the windows of ${current} any more: its exempt users would stay without Email MFA. Nothing is changed yet.`,
    ...(formerUserPoolId === undefined ? [] : [`formerUserPoolId names another pool, ${formerUserPoolId}.`]),
    `See docs/runbook.md#move-to-another-user-pool. When no window is open in ${current}, deploy with --param formerUserPoolId=${current}.`,
  ].join("\n");
};

/** The stack keeps its own pool for as long as it is deployed without userPoolId. */
const isSame = (current: string, variant: string | undefined, next: NextPool): boolean =>
  next.kind === "existing-pool" ? next.userPoolId === current : variant === "reference-pool";
