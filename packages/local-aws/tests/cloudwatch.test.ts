import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type LocalAws, startLocalAws } from "../src/local-aws.ts";

let aws: LocalAws;
let cloudWatch: CloudWatchClient;

beforeEach(async () => {
  aws = await startLocalAws({ start: new Date("2026-01-01T00:00:00Z") });
  cloudWatch = new CloudWatchClient(aws.clientOptions("test"));
  const at = (time: string, value: number, dimensions: Record<string, string>) => ({
    namespace: "N",
    name: "M",
    at: new Date(`2026-01-01T${time}Z`),
    value,
    dimensions,
  });
  aws.cloudWatch.data = () => [
    at("00:01:00", 1, { service: "s" }),
    at("00:04:00", 2, { service: "s" }),
    at("00:05:00", 4, { service: "s" }),
    at("00:05:00", 8, { service: "s", reason: "r" }),
    at("00:10:00", 16, { service: "s" }),
  ];
});
afterEach(() => aws.stop());

const Dimensions = [{ Name: "service", Value: "s" }];
const span = { StartTime: new Date("2026-01-01T00:00:00Z"), EndTime: new Date("2026-01-01T00:10:00Z") };

describe("metrics", () => {
  it("are summed by period and by set of dimensions, without the end", async () => {
    const { Datapoints } = await cloudWatch.send(
      new GetMetricStatisticsCommand({
        ...span,
        Namespace: "N",
        MetricName: "M",
        Dimensions,
        Period: 300,
        Statistics: ["Sum", "Maximum"],
      }),
    );
    expect(Datapoints).toEqual([
      { Timestamp: new Date("2026-01-01T00:00:00Z"), Sum: 3, Maximum: 2 },
      { Timestamp: new Date("2026-01-01T00:05:00Z"), Sum: 4, Maximum: 4 },
    ]);
  });

  it("come newest first from GetMetricData", async () => {
    const MetricStat = { Metric: { Namespace: "N", MetricName: "M", Dimensions }, Period: 300, Stat: "Sum" };
    const { MetricDataResults } = await cloudWatch.send(
      new GetMetricDataCommand({ ...span, MetricDataQueries: [{ Id: "m", MetricStat }] }),
    );
    expect(MetricDataResults).toMatchObject([{ Id: "m", Values: [4, 3], StatusCode: "Complete" }]);
  });

  it("cannot be put, and a statistic that is not known is refused", async () => {
    await expect(cloudWatch.send(new PutMetricDataCommand({ Namespace: "N", MetricData: [] }))).rejects.toMatchObject({
      name: "UnsupportedByLocalStack",
    });
    const MetricStat = { Metric: { Namespace: "N", MetricName: "M" }, Period: 300, Stat: "p99" };
    const p99 = new GetMetricDataCommand({ ...span, MetricDataQueries: [{ Id: "m", MetricStat }] });
    await expect(cloudWatch.send(p99)).rejects.toThrow("MetricStat.Stat");
  });
});

describe("alarms", () => {
  it("keep the state that a call sets, and publish a change to their topic", async () => {
    const topic = aws.sns.createTopic("alarms");
    aws.sns.confirm(topic, aws.sns.subscribe(topic, "ops@example.com").token);
    const alarm = {
      Namespace: "N",
      MetricName: "M",
      Statistic: "Sum",
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: "GreaterThanThreshold",
    } as const;
    await cloudWatch.send(new PutMetricAlarmCommand({ ...alarm, AlarmName: "a-one", AlarmActions: [topic] }));
    await cloudWatch.send(new PutMetricAlarmCommand({ ...alarm, AlarmName: "b-two" }));
    const ring = () =>
      cloudWatch.send(new SetAlarmStateCommand({ AlarmName: "a-one", StateValue: "ALARM", StateReason: "too many" }));
    await ring();
    await ring();
    const { MetricAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: "a-" }));
    expect(MetricAlarms).toMatchObject([{ AlarmName: "a-one", StateValue: "ALARM", ActionsEnabled: true }]);
    expect(aws.mailbox.mails.filter(({ subject }) => subject === 'ALARM: "a-one" in us-east-1')).toHaveLength(1);
  });
});
