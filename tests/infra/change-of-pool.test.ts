import { describe, expect, it } from "@jest/globals";
import { faultOfPoolChange, nextPool } from "../../infra/change-of-pool.ts";

const first = "us-east-1_First0000";
const other = "us-east-1_Other0000";
const ofExisting = { UserPoolId: first, PoolVariant: "existing-pool" };
const ofReference = { UserPoolId: first, PoolVariant: "reference-pool" };
const referencePool = nextPool({ Ref: "ReferencePool" });

describe("faultOfPoolChange", () => {
  it.each([
    ["a first deployment", {}, nextPool(first), undefined],
    ["a stack that never came to outputs of ours", { ServerlessDeploymentBucketName: "b" }, nextPool(first), undefined],
    ["the same pool", ofExisting, nextPool(first), undefined],
    ["the same pool after a move", ofExisting, nextPool(first), other],
    ["the stack's own pool, still made by it", ofReference, referencePool, undefined],
    ["the stack's own pool, named from now on", ofReference, nextPool(first), undefined],
    ["another pool, when the first is named", ofExisting, nextPool(other), first],
    ["the stack's own pool, when the first is named", ofExisting, referencePool, first],
  ])("has nothing against %s", (_what, deployed, next, former) => {
    expect(faultOfPoolChange("stack", deployed, next, former)).toBeUndefined();
  });

  it.each([
    ["another pool", ofExisting, nextPool(other), undefined],
    ["another pool than the stack's own", ofReference, nextPool(other), undefined],
    ["a pool that the stack makes instead", ofExisting, referencePool, undefined],
    ["another pool, when a third is named", ofExisting, nextPool(other), "us-east-1_Third0000"],
  ])("refuses %s, with the way out", (_what, deployed, next, former) => {
    const fault = faultOfPoolChange("stack", deployed, next, former);
    expect(fault).toContain(`manages the pool ${first}`);
    expect(fault).toContain("docs/runbook.md#move-to-another-user-pool");
    expect(fault).toContain(`--param formerUserPoolId=${first}`);
  });
});
