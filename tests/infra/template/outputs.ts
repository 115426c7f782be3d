import { describe, expect, it } from "@jest/globals";
import { parsePolicy, policyParameters } from "../../../shared/config/policy.ts";
import { type Packaged, pointsAt } from "../../support/packaged-template.ts";
import type { Variant } from "./variants.ts";

export const describeOutputs = (packaged: Packaged, variant: Variant) =>
  describe("has outputs that", () => {
    const value = (name: string) => packaged.template.Outputs[name]?.Value;

    it("are text or refer to resources of the template", () => {
      for (const { Value } of Object.values(packaged.template.Outputs)) {
        const [id = ""] = pointsAt(Value).split(".");
        expect(typeof Value === "string" || id in packaged.template.Resources || "Fn::Sub" in Value).toBe(true);
      }
    });

    it("contain the policy for mfactl, as the functions have it", () => {
      const policy = Object.keys(policyParameters).map((name) => [
        name,
        pointsAt(value(`${name.slice(0, 1).toUpperCase()}${name.slice(1)}`)),
      ]);
      expect(parsePolicy(Object.fromEntries(policy) as Record<string, string>)).toEqual(parsePolicy({}));
    });

    it("contain the pool, the topic, the alarms, the functions and the policies for mfactl", () => {
      expect(pointsAt(value("UserPoolId"))).toBe(
        variant.pool === "ReferencePool.Arn" ? "ReferencePool" : "eu-west-1_Example00",
      );
      expect(pointsAt(value("AlarmTopicArn"))).toBe(variant.topic);
      expect(value("AlarmNamePrefix")).toBe("cognito-mfa-lifecycle-prod-");
      for (const name of ["RecordReset", "ReEnableMfa", "Reconcile", "ExplainAlarm"]) {
        expect(pointsAt(value(`${name}FunctionName`))).toMatch(/LambdaFunction$/);
      }
      expect(["HelpDesk", "Administrator"].map((name) => pointsAt(value(`${name}PolicyArn`)))).toEqual([
        "HelpDeskPolicy",
        "AdministratorPolicy",
      ]);
    });
  });
