import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Bundle, bundleFunctions } from "../../infra/bundle-functions.ts";

const budget = JSON.parse(readFileSync(new URL("../../bench/budget.json", import.meta.url), "utf8")) as Record<
  string,
  number
>;

let folder: string;
let bundles: Bundle[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "budget-"));
  bundles = await bundleFunctions(folder);
});
afterAll(() => rm(folder, { recursive: true }));

describe("the budget", () => {
  it("names every function", () => {
    expect(Object.keys(budget).sort()).toEqual(bundles.map(({ name }) => name));
  });

  it.each(Object.entries(budget))("lets %s weigh at most %d bytes", (name, bytes) => {
    expect(bundles.find((bundle) => bundle.name === name)?.bytes).toBeLessThanOrEqual(bytes);
  });
});
