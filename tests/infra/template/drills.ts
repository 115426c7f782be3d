import { beforeAll, describe, expect, it } from "@jest/globals";
import { listOf, packageService, type Packaged, type PolicyDocument } from "../../support/packaged-template.ts";
import type { Alarm } from "./alarms.ts";

const required = ["userPoolId=eu-west-1_Example00", "alarmEmail=alarms@example.com"];

const packagedWith = (...parameters: string[]) =>
  packageService(
    ...["--stage", "prod", "--region", "eu-west-1"],
    ...[...required, ...parameters].flatMap((parameter) => ["--param", parameter]),
  );

const actionsOf = (packaged: Packaged): string[] =>
  packaged
    .one<{ Policies: { PolicyDocument: PolicyDocument }[] }>("AWS::IAM::Role", "DrillRole")
    .Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.flatMap(({ Action }) => listOf(Action)));

const alarmsOf = (packaged: Packaged): string[] =>
  packaged
    .all<Alarm>("AWS::CloudWatch::Alarm")
    .map(({ AlarmName }) => AlarmName.replace("cognito-mfa-lifecycle-prod-", ""))
    .filter((name) => ["drill-failed", "drill-missing"].includes(name));

const scheduleOf = (packaged: Packaged) =>
  packaged.one<{ State: string }>("AWS::Events::Rule", "DrillEventsRuleSchedule1").State;

export const describeDrills = () => {
  describe("the template with drill=false", () => {
    let packaged: Packaged;
    beforeAll(async () => {
      packaged = await packagedWith("drill=false");
    }, 120_000);

    it("runs no drill, alarms about none, and lets the function do nothing but log", () => {
      expect(scheduleOf(packaged)).toBe("DISABLED");
      expect(alarmsOf(packaged)).toEqual([]);
      expect(actionsOf(packaged)).toEqual(["logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage"]);
      expect(packaged.lambda("drill").Environment.Variables.DRILL).toBe("false");
    });
  });

  describe("the template with a standing user for the drill", () => {
    let packaged: Packaged;
    beforeAll(async () => {
      packaged = await packagedWith("drillUser=drill");
    }, 120_000);

    it("names the user to the function and to mfactl, and alarms", () => {
      expect(packaged.lambda("drill").Environment.Variables.DRILL_USER).toBe("drill");
      expect(packaged.template.Outputs.DrillUser?.Value).toBe("drill");
      expect([scheduleOf(packaged), alarmsOf(packaged).sort()]).toEqual(["ENABLED", ["drill-failed", "drill-missing"]]);
    });

    it("lets the drill make, delete and change no user but for Email MFA", () => {
      expect(actionsOf(packaged).filter((action) => action.startsWith("cognito-idp:"))).toEqual([
        "cognito-idp:AdminGetUser",
        "cognito-idp:AdminListGroupsForUser",
        "cognito-idp:AdminSetUserMFAPreference",
        "cognito-idp:GetUserPoolMfaConfig",
      ]);
    });
  });
};
