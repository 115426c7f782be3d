import { describe, expect, it } from "@jest/globals";
import { deriveParameters } from "../../infra/derive-parameters.ts";

const parameters = { userPoolId: "", alarmTopicArn: "", overdueTolerance: "15m" };

describe("deriveParameters", () => {
  it("returns every parameter as text, regardless of its YAML type", () => {
    const { text } = deriveParameters({ ...parameters, enrol: true, reEnableRate: 10, gracePeriod: "1d" });
    expect(text).toEqual({ ...parameters, enrol: "true", reEnableRate: "10", gracePeriod: "1d" });
  });

  it("chooses the variant of the pool and of the topic by the given parameters", () => {
    expect(deriveParameters(parameters)).toMatchObject({ pool: "reference-pool", topic: "own-topic" });
    expect(deriveParameters({ ...parameters, userPoolId: "id", alarmTopicArn: "arn" })).toMatchObject({
      pool: "existing-pool",
      topic: "existing-topic",
    });
  });

  it("has no drills, and misses none, where Cognito is only observed", () => {
    expect(deriveParameters({ ...parameters, mode: "observe" })).toMatchObject({
      drill: false,
      missingDrill: "notBreaching",
    });
    expect(deriveParameters({ ...parameters, mode: "enforce" })).toMatchObject({
      drill: true,
      missingDrill: "breaching",
    });
  });

  it("makes a user for each drill, unless it has a standing one or there are no drills", () => {
    expect(deriveParameters({ ...parameters, drill: "true", drillUser: "" })).toMatchObject({
      drills: "new-user",
      drill: true,
    });
    expect(deriveParameters({ ...parameters, drill: "true", drillUser: "x" })).toMatchObject({
      drills: "standing-user",
    });
    expect(deriveParameters({ ...parameters, drill: false })).toMatchObject({ drills: "none", drill: false });
  });

  it("puts the oldest overdue at four times the tolerance", () => {
    expect(deriveParameters({ ...parameters, overdueTolerance: "1h" }).oldestOverdueSeconds).toBe(14_400);
  });
});
