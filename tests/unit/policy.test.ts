import { describe, expect, it } from "@jest/globals";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { parsePolicy, policyFromEnvironment } from "../../shared/config/policy.ts";

const faultsOf = (parameters: Record<string, string>): string => {
  try {
    parsePolicy(parameters);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "accepted";
};

describe("parsePolicy", () => {
  it("has the documented defaults", () => {
    expect(parsePolicy({})).toEqual({
      gracePeriod: day,
      maxWindow: 3 * day,
      scope: { kind: "all" },
      enrol: false,
      mode: "enforce",
      closeOnSignIn: false,
      verifyEvery: 7 * day,
      reEnableRate: 10,
      overdueTolerance: 15 * minute,
      resetMail: "cognito",
    });
  });

  it.each([
    ["gracePeriod", "0", 0],
    ["gracePeriod", "30m", 30 * minute],
    ["gracePeriod", "12h", 12 * hour],
    ["gracePeriod", "P1D", day],
    ["maxWindow", "30d", 30 * day],
    ["scope", "known", { kind: "known" }],
    ["scope", "group:経理 部".replace(" ", ""), { kind: "group", group: "経理部" }],
    ["enrol", "true", true],
    ["mode", "observe", "observe"],
    ["closeOnSignIn", "true", true],
    ["verifyEvery", "1h", hour],
    ["verifyEvery", "90d", 90 * day],
    ["verifyEvery", "never", Infinity],
    ["reEnableRate", "1", 1],
    ["reEnableRate", "25", 25],
    ["overdueTolerance", "5m", 5 * minute],
    ["resetMail", "ja", "ja"],
  ])("accepts %s %s", (name, text, value) => {
    expect(parsePolicy({ [name]: text })).toHaveProperty(name, value);
  });

  it.each([
    ["gracePeriod", "-1d"],
    ["gracePeriod", "1 day ago"],
    ["gracePeriod", "31d"],
    ["gracePeriod", ""],
    ["maxWindow", "30d1s"],
    ["scope", "group:"],
    ["scope", "some"],
    ["enrol", "yes"],
    ["mode", "off"],
    ["closeOnSignIn", "1"],
    ["verifyEvery", "59m"],
    ["verifyEvery", "91d"],
    ["reEnableRate", "0"],
    ["reEnableRate", "26"],
    ["reEnableRate", "1e1"],
    ["overdueTolerance", "4m59s"],
    ["resetMail", "fr"],
  ])("refuses %s %j and names parameter, value and bounds", (name, text) => {
    expect(faultsOf({ [name]: text })).toMatch(
      new RegExp(`^The configuration is wrong:\\n  ${name} is "${text}": must be .+`),
    );
  });

  it("refuses a cap below the grace period, and accepts one that equals it", () => {
    expect(faultsOf({ gracePeriod: "4d" })).toContain("maxWindow (its default): must not be shorter than gracePeriod");
    expect(faultsOf({ gracePeriod: "2d", maxWindow: "47h" })).toContain('maxWindow is "47h": must not be shorter');
    expect(faultsOf({ gracePeriod: "3d" })).toBe("accepted");
  });

  it("names every fault at once", () => {
    const message = faultsOf({ gracePeriod: "x", scope: "x", mode: "x", reEnableRate: "x" });
    expect(message.split("\n")).toHaveLength(5);
  });
});

describe("policyFromEnvironment", () => {
  it("reads the parameters under their environment names", () => {
    const policy = policyFromEnvironment({ GRACE_PERIOD: "2h", CLOSE_ON_SIGN_IN: "true", RE_ENABLE_RATE: "3" });
    expect(policy).toMatchObject({ gracePeriod: 2 * hour, closeOnSignIn: true, reEnableRate: 3 });
  });
});
