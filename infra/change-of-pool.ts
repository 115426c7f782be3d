/** The pool that a deployment manages: an existing pool, or the reference pool that the stack creates. */
export type NextPool = { kind: "existing-pool"; userPoolId: string } | { kind: "reference-pool" };

/** Takes the output UserPoolId of a template. The id of an existing pool is text; the id of the stack's own pool is a reference. */
export const nextPool = (outputValue: unknown): NextPool =>
  typeof outputValue === "string" ? { kind: "existing-pool", userPoolId: outputValue } : { kind: "reference-pool" };

/**
 * Checks whether a deployment takes the service away from a pool. Afterwards no function closes that pool's windows, so the
 * operator must confirm with `formerUserPoolId`. `deployed`: the outputs of the deployed stack, empty before the first deployment.
 * Returns the problem with what to do about it, or undefined.
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
  const target = next.kind === "existing-pool" ? `the pool ${next.userPoolId}` : "a new pool that the stack creates";
  return [
    `The stack ${stackName} manages the pool ${current}. This deployment would move it to ${target}.`,
    `No function would then close the windows of ${current}, and its exempt users would stay without Email MFA. Nothing was changed.`,
    ...(formerUserPoolId === undefined ? [] : [`formerUserPoolId names another pool, ${formerUserPoolId}.`]),
    `See docs/runbook.md#move-to-another-user-pool. When no window is open in ${current}, deploy with --param formerUserPoolId=${current}.`,
  ].join("\n");
};

/** The stack keeps its own pool as long as it is deployed without userPoolId. */
const isSame = (current: string, variant: string | undefined, next: NextPool): boolean =>
  next.kind === "existing-pool" ? next.userPoolId === current : variant === "reference-pool";
