import {
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandOutput,
  GetMetricStatisticsCommand,
  type MetricAlarm,
} from "@aws-sdk/client-cloudwatch";
import { formatDuration, minute } from "../../shared/config/duration.ts";
import { plus } from "../../shared/runtime/instants.ts";
import type { OperationsConnection } from "../stack/operations-context.ts";
import { type Check, deployAgain, fail, type Finding, notNamed, ok, warn } from "./finding.ts";

/** The metrics that need an alarm: without one, an exemption could last too long unnoticed. */
const essential = ["ReconcilerHeartbeat", "WindowsOverdue"];

/** Checks that the alarms exist, notify the topic and are not in ALARM. */
export const checkAlarms: Check = async ({ cloudWatch, outputs }) => {
  const { AlarmNamePrefix, AlarmTopicArn } = outputs;
  if (AlarmNamePrefix === undefined) return [notNamed("alarms", "AlarmNamePrefix")];
  const alarms = await alarmsOf(cloudWatch, AlarmNamePrefix);
  const missing = essential.filter((metric) => !alarms.some((alarm) => metricsOf(alarm).includes(metric)));
  if (missing.length > 0) {
    return [fail("alarms", `The stack has no alarm on ${missing.join(" and ")}.`, deployAgain)];
  }
  const named = (list: MetricAlarm[]) => list.map(({ AlarmName }) => AlarmName).join(", ");
  const mute = alarms.filter(
    ({ ActionsEnabled, AlarmActions }) =>
      ActionsEnabled === false || (AlarmTopicArn !== undefined && AlarmActions?.includes(AlarmTopicArn) !== true),
  );
  const firing = alarms.filter(({ StateValue }) => StateValue === "ALARM");
  const findings: Finding[] = [];
  if (mute.length > 0) {
    findings.push(warn("alarms", `These alarms do not notify the topic: ${named(mute)}.`, deployAgain));
  }
  if (firing.length > 0) {
    const next = "docs/runbook.md has a section for each alarm.";
    findings.push(warn("alarms", `These alarms are firing: ${named(firing)}.`, next));
  }
  return findings.length > 0 ? findings : [ok("alarms", `The stack has ${alarms.length} alarms. None is firing.`)];
};

const alarmsOf = async (cloudWatch: OperationsConnection["cloudWatch"], AlarmNamePrefix: string) => {
  const alarms: MetricAlarm[] = [];
  let NextToken: string | undefined;
  do {
    const page: DescribeAlarmsCommandOutput = await cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix, NextToken }),
    );
    alarms.push(...(page.MetricAlarms ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return alarms;
};

const metricsOf = ({ MetricName, Metrics }: MetricAlarm): (string | undefined)[] => [
  MetricName,
  ...(Metrics ?? []).map(({ MetricStat }) => MetricStat?.Metric?.MetricName),
];

const longestSilence = 15 * minute;

/** Checks that the reconciler runs. */
export const checkHeartbeat: Check = async ({ cloudWatch, outputs: { MetricsService }, clock }) => {
  if (MetricsService === undefined) return [notNamed("heartbeat", "MetricsService")];
  const now = clock.now();
  const { Datapoints } = await cloudWatch.send(
    new GetMetricStatisticsCommand({
      Namespace: "CognitoMfaLifecycle",
      MetricName: "ReconcilerHeartbeat",
      Dimensions: [{ Name: "service", Value: MetricsService }],
      StartTime: plus(now, -longestSilence),
      EndTime: plus(now, minute),
      Period: 60,
      Statistics: ["Sum"],
    }),
  );
  const latest = Math.max(...(Datapoints ?? []).map(({ Timestamp }) => Timestamp?.getTime() ?? 0));
  if (latest > 0) {
    return [ok("heartbeat", `The reconciler ran ${formatDuration(Math.max(0, now.getTime() - latest))} ago.`)];
  }
  return [
    fail(
      "heartbeat",
      `The reconciler has not run for ${formatDuration(longestSilence)}. Windows whose timer is lost stay open.`,
      "Check its EventBridge rule and the log of its function. If you have just deployed the stack for the first time, wait for the first run.",
    ),
  ];
};
