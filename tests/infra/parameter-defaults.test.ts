import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { parameterDefaults } from "../../infra/parameter-defaults.ts";
import { otherParameters } from "../../infra/parameter-schemas.ts";
import { policySchema } from "../../shared/config/policy.ts";
import { faultsOf } from "../../shared/config/settings.ts";

const defaults = Object.entries(parameterDefaults)
  .map(([name, value]) => [name, String(value)] as const)
  .filter(([, text]) => text !== "");

/** The table of parameters in README.md, whose second column is the default. */
const shown = new Map(
  readFileSync(new URL("../../README.md", import.meta.url), "utf8")
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("`", "")))
    .map(([, name, text]) => [name, text]),
);

describe("parameterDefaults", () => {
  it.each(defaults)("are what README.md shows: %s %s", (name, text) => {
    expect(shown.get(name)).toBe(name === "drillEmail" ? "Amazon SES's simulator" : text);
  });

  it("are within their own bounds", () => {
    const given = Object.fromEntries(defaults);
    expect([...faultsOf(policySchema, given), ...faultsOf(otherParameters, given)]).toEqual([]);
  });
});
