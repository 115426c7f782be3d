import { describe, expect, it } from "@jest/globals";
import { bugs, seedsFor } from "../../simulation/bugs.ts";
import { simulate } from "../../simulation/simulate-seed.ts";

const quicklyFound = bugs.filter(({ within }) => within <= 30);

describe("the simulation", () => {
  it("breaks no promise in its first 10 seeds", async () => {
    const violations: string[] = [];
    for (let seed = 1; seed <= 10; seed += 1) {
      const run = await simulate(seed);
      violations.push(...run.violations.map(({ rule }) => `seed ${seed}: ${rule}`));
    }
    expect(violations).toEqual([]);
  }, 180_000);

  it("makes the same run of the same seed", async () => {
    const [one, other] = [await simulate(7), await simulate(7)];
    expect(other.timeline()).toEqual(one.timeline());
    expect(other.hash).toBe(one.hash);
    expect((await simulate(8)).hash).not.toBe(one.hash);
  });

  it.each(quicklyFound)("finds the bug $name: $what", async (bug) => {
    let found = false;
    for (const seed of seedsFor(bug)) {
      found = (await simulate(seed, bug)).violations.length > 0;
      if (found) break;
    }
    expect(found).toBe(true);
  });
});
