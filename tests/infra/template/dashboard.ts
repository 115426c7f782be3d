import { describe, expect, it } from "@jest/globals";
import { metricNames } from "../../../shared/telemetry/telemetry.ts";
import { type Lambda, type Packaged, pointsAt, type Queue, type Reference } from "../../support/packaged-template.ts";

interface Widget {
  type: "metric" | "text" | "log";
  properties: { title?: string; metrics?: unknown[][]; query?: string };
}

export const describeDashboard = (packaged: Packaged) => {
  describe("has a dashboard that", () => {
    const { DashboardBody } = packaged.one<{ DashboardBody: Reference }>("AWS::CloudWatch::Dashboard", "Dashboard");
    const { widgets } = JSON.parse(pointsAt(DashboardBody)) as { widgets: Widget[] };
    const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []);

    it("shows metrics of this stack that exist", () => {
      const queues = packaged.all<Queue>("AWS::SQS::Queue").map(({ QueueName }) => QueueName);
      const functions = packaged.all<Lambda>("AWS::Lambda::Function").map(({ FunctionName }) => FunctionName);
      const known: Record<string, (metric: unknown[]) => boolean> = {
        CognitoMfaLifecycle: ([, name, dimension, value]) =>
          metricNames.some((metric) => metric === name) &&
          dimension === "service" &&
          value === "cognito-mfa-lifecycle-prod",
        "AWS/SQS": ([, , , value]) => queues.some((name) => name === value),
        "AWS/Lambda": ([, , , value]) => functions.some((name) => name === value),
        "AWS/Scheduler": ([, , , value]) => value === "${ScheduleGroup}",
      };
      const named = metrics.filter(([first]) => typeof first === "string");
      expect(named.length).toBeGreaterThan(20);
      expect(named.filter((metric) => !known[String(metric[0])]?.(metric))).toEqual([]);
    });

    it("searches for metrics of this stage that exist", () => {
      const searches = metrics.filter(([first]) => typeof first === "object").map((metric) => JSON.stringify(metric));
      expect(searches).toHaveLength(4);
      for (const search of searches) {
        const [, name = ""] = /MetricName=\\"(\w+)\\" service=\\"cognito-mfa-lifecycle-prod\\"/.exec(search) ?? [];
        expect(metricNames).toContain(name);
      }
    });
  });

  describe("has queries that", () => {
    const queries = packaged.all<{ Name: string; LogGroupNames: Reference[] }>("AWS::Logs::QueryDefinition");

    it("read log groups of this stack", () => {
      expect(queries.map(({ Name }) => Name).sort()).toEqual(
        ["Acts of operators", "Failed re-enables", "Records failed", "Timeline of one user"].map(
          (name) => `cognito-mfa-lifecycle-prod/${name}`,
        ),
      );
      const groups = [...packaged.resources("AWS::Logs::LogGroup").keys()];
      expect(
        queries.flatMap(({ LogGroupNames }) => LogGroupNames.map(pointsAt)).filter((id) => !groups.includes(id)),
      ).toEqual([]);
    });
  });
};
