import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { powertoolsTelemetry } from "../../../shared/telemetry/powertools.ts";
import { type Metric, metricNames } from "../../../shared/telemetry/telemetry.ts";
import { startOperationsStack } from "../../support/operations.ts";
import { listOf, type Packaged, pointsAt, type Queue, type Reference } from "../../support/packaged-template.ts";
import type { Variant } from "./variants.ts";

interface AlarmMetric {
  Namespace: string;
  MetricName: string;
  Dimensions: { Name: string; Value: Reference }[];
}

export interface Alarm {
  AlarmName: string;
  AlarmDescription: string;
  AlarmActions: Reference[];
  ActionsEnabled?: boolean;
  TreatMissingData: string;
  Threshold: number;
  Period?: number;
  Namespace?: string;
  MetricName?: string;
  Dimensions?: AlarmMetric["Dimensions"];
  Metrics?: { MetricStat?: { Metric: AlarmMetric } }[];
}

const prefix = "cognito-mfa-lifecycle-prod-";
const service = "cognito-mfa-lifecycle-prod";

/** Every alarm, and how it treats missing data. */
const expectedAlarms: Record<string, string> = {
  "re-enable-failed": "notBreaching",
  "windows-overdue": "ignore",
  "windows-newly-overdue": "notBreaching",
  "oldest-overdue": "ignore",
  "reconciler-heartbeat-missing": "breaching",
  "records-failed": "notBreaching",
  "records-not-handled": "ignore",
  "drift-repeated": "notBreaching",
  "resets-unusual": "notBreaching",
  "records-dlq-not-empty": "notBreaching",
  "due-dlq-not-empty": "notBreaching",
  "timer-dlq-not-empty": "notBreaching",
  "reconcile-dlq-not-empty": "notBreaching",
  "explain-alarm-dlq-not-empty": "notBreaching",
  "drill-dlq-not-empty": "notBreaching",
  "dead-letters-arrived": "notBreaching",
  "drill-failed": "notBreaching",
  "drill-missing": "breaching",
  "messages-failing": "notBreaching",
  "records-queue-old": "notBreaching",
  "due-queue-old": "notBreaching",
  "timers-dropped": "notBreaching",
  "timer-target-errors": "notBreaching",
  "timer-target-throttled": "notBreaching",
  "timer-dead-letters-lost": "notBreaching",
  "trigger-errors": "notBreaching",
  "trigger-slow": "notBreaching",
  "worker-errors": "notBreaching",
  "worker-throttles": "notBreaching",
};

const metricsOf = ({ Namespace = "", MetricName = "", Dimensions = [], Metrics }: Alarm): AlarmMetric[] =>
  Metrics === undefined
    ? [{ Namespace, MetricName, Dimensions }]
    : Metrics.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]));

const isMetric = (name: string): name is Metric => metricNames.some((known) => known === name);

export const describeAlarms = (packaged: Packaged, variant: Variant) =>
  describe("has alarms that", () => {
    const alarms = packaged.all<Alarm>("AWS::CloudWatch::Alarm");
    const alarm = (suffix: string) => alarms.find(({ AlarmName }) => AlarmName === prefix + suffix);
    const metrics = alarms.flatMap(metricsOf);
    afterEach(() => {
      jest.restoreAllMocks();
    });

    it("are named after the stage, and treat missing data correctly", () => {
      expect(alarms.map(({ AlarmName, TreatMissingData }) => [AlarmName, TreatMissingData]).sort()).toEqual(
        Object.entries(expectedAlarms)
          .map(([suffix, missing]) => [prefix + suffix, missing])
          .sort(),
      );
    });

    it("are the same as those of the local stack, in name and metric", async () => {
      const stack = await startOperationsStack();
      const cloudWatch = new CloudWatchClient(stack.aws.clientOptions("test"));
      const { MetricAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({}));
      await stack.aws.stop();
      expect(MetricAlarms).not.toHaveLength(0);
      for (const { AlarmName = "", ...local } of MetricAlarms ?? []) {
        const deployed: object | undefined = alarm(AlarmName.replace(stack.outputs.AlarmNamePrefix, ""));
        const { MetricName, Statistic, Period, ComparisonOperator, Threshold, TreatMissingData } = local;
        const watched = { MetricName, Statistic, Period, ComparisonOperator, Threshold, TreatMissingData };
        expect({ AlarmName, deployed }).toMatchObject({ deployed: watched });
      }
    });

    it("all notify the topic", () => {
      for (const { AlarmActions, ActionsEnabled } of alarms) {
        expect(AlarmActions.map(pointsAt)).toContain(variant.topic);
        expect(ActionsEnabled).not.toBe(false);
      }
    });

    it("end with the place in the runbook", () => {
      for (const { AlarmName, AlarmDescription } of alarms) {
        expect(AlarmDescription).toMatch(/\. Runbook: docs\/runbook\.md#[a-z-]+$/);
        expect(AlarmDescription.split("#").at(-1)).toBe(AlarmName.replace(prefix, ""));
        expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
      }
    });

    it("have an explanation of who is concerned, where users are", () => {
      const explained = alarms.filter(({ AlarmActions }) =>
        AlarmActions.map(pointsAt).includes("ExplainDashalarmLambdaFunction.Arn"),
      );
      expect(explained.map(({ AlarmName }) => AlarmName).sort()).toEqual([
        `${prefix}drift-repeated`,
        `${prefix}re-enable-failed`,
        `${prefix}records-not-handled`,
        `${prefix}windows-newly-overdue`,
        `${prefix}windows-overdue`,
      ]);
    });

    it("watch existing metrics of the service, with their dimensions", () => {
      const own = metrics.filter(({ Namespace }) => Namespace === "CognitoMfaLifecycle");
      expect(own).toHaveLength(13);
      for (const { MetricName, Dimensions } of own) {
        expect(metricNames).toContain(MetricName);
        const dimensions = Dimensions.map(({ Name, Value }): [string, Reference] => [Name, Value]);
        expect(isMetric(MetricName) && writtenDimensions(MetricName, dimensions)).toContainEqual(
          Object.fromEntries(dimensions),
        );
      }
    });

    it("watch queues, functions and the group of this stack", () => {
      const foreign = metrics.filter(({ Namespace }) => Namespace !== "CognitoMfaLifecycle");
      const watched = foreign.map(({ Namespace, Dimensions }) => {
        const [{ Name, Value } = { Name: "", Value: "" }] = Dimensions;
        return [Namespace, Name, packaged.template.Resources[pointsAt(Value).replace(".QueueName", "")]?.Type];
      });
      expect([...new Set(watched.map((one) => one.join()))].sort()).toEqual([
        "AWS/Lambda,FunctionName,AWS::Lambda::Function",
        "AWS/SQS,QueueName,AWS::SQS::Queue",
        "AWS/Scheduler,ScheduleGroup,AWS::Scheduler::ScheduleGroup",
      ]);
    });

    it("watch every dead-letter queue", () => {
      const deadLetters = [...packaged.resources<Queue>("AWS::SQS::Queue")].filter(([id]) => id.endsWith("Dlq"));
      const watched = metrics
        .filter(({ MetricName }) => MetricName === "ApproximateNumberOfMessagesVisible")
        .map(({ Dimensions }) => pointsAt(Dimensions[0]?.Value));
      expect(watched.sort()).toEqual(deadLetters.map(([id]) => `${id}.QueueName`).sort());
    });

    it("count errors, throttles and durations of every function between them", () => {
      const watching = (metric: string) =>
        metrics
          .filter(({ Namespace, MetricName }) => Namespace === "AWS/Lambda" && MetricName === metric)
          .map(({ Dimensions }) => pointsAt(Dimensions[0]?.Value))
          .sort();
      const functions = [...packaged.resources("AWS::Lambda::Function").keys()].sort();
      expect(watching("Errors")).toEqual(functions);
      expect(watching("Throttles")).toEqual(functions);
      expect(watching("Duration")).toEqual(
        ["CustomDashmessage", "PostDashauthentication", "PostDashconfirmation"].map((id) => `${id}LambdaFunction`),
      );
    });

    it("fire for the oldest exemption after four times the tolerance, and for resets above the parameter", () => {
      expect(alarm("oldest-overdue")?.Threshold).toBe(4 * 15 * 60);
      expect(Number(alarm("resets-unusual")?.Threshold)).toBe(100);
      expect(alarm("resets-unusual")).toMatchObject({ ComparisonOperator: "GreaterThanThreshold" });
    });

    it("fall back by themselves when no more windows become overdue, and no more dead letters come", () => {
      for (const suffix of ["windows-newly-overdue", "dead-letters-arrived"]) {
        expect(alarm(suffix)).toMatchObject({ Statistic: "Sum", Period: 300, EvaluationPeriods: 1, Threshold: 1 });
      }
    });

    it("fire for messages that fail repeatedly, and not for a single failure", () => {
      expect(alarm("messages-failing")).toMatchObject({ Period: 300, EvaluationPeriods: 4, DatapointsToAlarm: 3 });
    });
  });

/** Returns the sets of dimensions, with values, that Powertools writes for the metric. */
const writtenDimensions = (metric: Metric, dimensions: [string, Reference][]) => {
  const lines: string[] = [];
  jest.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  const telemetry = powertoolsTelemetry({ POWERTOOLS_SERVICE_NAME: service });
  const kind = dimensions.find(([name]) => name === "kind")?.[1];
  telemetry.metrics.add(metric, 1, typeof kind === "string" ? { name: "kind", value: kind } : undefined);
  void telemetry.flush();
  return lines
    .flatMap((line) => line.trim().split("\n"))
    .map((line) => JSON.parse(line) as { _aws?: { CloudWatchMetrics: EmbeddedMetric[] } } & Record<string, unknown>)
    .flatMap((line) =>
      listOf(line._aws?.CloudWatchMetrics).flatMap(({ Namespace, Dimensions, Metrics }) =>
        Namespace === "CognitoMfaLifecycle" && Metrics.some(({ Name }) => Name === metric)
          ? Dimensions.map((names) => Object.fromEntries(names.map((name) => [name, line[name]])))
          : [],
      ),
    );
};

interface EmbeddedMetric {
  Namespace: string;
  Dimensions: string[][];
  Metrics: { Name: string }[];
}
