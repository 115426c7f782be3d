import { describe, expect, it } from "@jest/globals";
import { parsePolicy, policyFromEnvironment } from "../../../shared/config/policy.ts";
import { type Packaged, pointsAt } from "../../support/packaged-template.ts";
import { environments, powertools } from "./expected-environments.ts";

const names = Object.keys(environments);

export const describeFunctions = (packaged: Packaged) =>
  describe("has functions that", () => {
    it("are the eight of the design", () => {
      expect(packaged.resources("AWS::Lambda::Function").size).toBe(names.length);
      expect(names.map((name) => packaged.lambda(name).FunctionName)).toEqual(
        names.map((name) => `cognito-mfa-lifecycle-prod-${name}`),
      );
    });

    it.each(Object.entries(environments))("get the environment they read: %s", (name, variables) => {
      const environment = Object.keys(packaged.lambda(name).Environment.Variables);
      expect(environment.sort()).toEqual([...variables, ...powertools].sort());
    });

    it("get the defaults of the policy where the stage sets nothing", () => {
      const environment: Record<string, string> = {};
      for (const name of names) {
        for (const [variable, value] of Object.entries(packaged.lambda(name).Environment.Variables)) {
          environment[variable] = pointsAt(value);
        }
      }
      expect(policyFromEnvironment(environment)).toEqual(parsePolicy({}));
    });

    it("name their metrics after the service and the stage, which the alarms of another stage do not watch", () => {
      const services = names.map((name) => packaged.lambda(name).Environment.Variables.POWERTOOLS_SERVICE_NAME);
      expect(services).toEqual(names.map(() => "cognito-mfa-lifecycle-prod"));
    });

    it.each(names)("run on Node.js 24, arm64: %s", (name) => {
      expect(packaged.lambda(name)).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"] });
    });

    it.each(names)("are a zip that holds its modules, the notices and nothing else: %s", (name) => {
      const zip = packaged.zips.get(name);
      const folder = `build/functions/${name}`;
      const files = zip
        ?.toString("latin1")
        .match(new RegExp(`${folder}/(?:[\\w-]+\\.mjs|THIRD-PARTY-NOTICES\\.txt)`, "g"));
      // The end record of a zip without a comment: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.16
      expect(zip?.readUInt16LE(zip.length - 12)).toBe(new Set(files).size);
      expect(files).toContain(`${folder}/THIRD-PARTY-NOTICES.txt`);
      expect(zip?.includes(packaged.lambda(name).Handler.replace(".handler", ".mjs"))).toBe(true);
    });

    it.each(["custom-message", "post-confirmation", "post-authentication"])(
      "end within the five seconds that Cognito waits: %s",
      (name) => {
        expect(packaged.lambda(name).Timeout).toBeLessThanOrEqual(5);
      },
    );

    it.each(names)(
      "log what they say themselves, metrics included, and of Lambda's own lines the failures: %s",
      (name) => {
        expect(packaged.lambda(name).LoggingConfig).toEqual({
          LogFormat: "JSON",
          ApplicationLogLevel: "INFO",
          SystemLogLevel: "WARN",
        });
      },
    );

    it("keep their logs, and the audit, for a stated time", () => {
      const groups = packaged.all<{ LogGroupName?: string; RetentionInDays?: number }>("AWS::Logs::LogGroup");
      expect(groups.map((group) => group.LogGroupName).sort()).toEqual(
        [...names.map((name) => `/aws/lambda/cognito-mfa-lifecycle-prod-${name}`), undefined].sort(),
      );
      expect(groups.map((group) => group.RetentionInDays)).toEqual(groups.map(() => 400));
    });
  });
