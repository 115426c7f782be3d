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

/** Without an alarm on these, an exemption could outlast its time unseen. */
const essential = ["ReconcilerHeartbeat", "WindowsOverdue"];

/** Whether there are alarms, they are quiet, and they tell the topic. */
export const checkAlarms: Check = async ({ cloudWatch, outputs }) => {
  const { AlarmNamePrefix, AlarmTopicArn } = outputs;
  if (AlarmNamePrefix === undefined) return [notNamed("alarms", "AlarmNamePrefix")];
  const alarms = await alarmsOf(cloudWatch, AlarmNamePrefix);
  const missing = essential.filter((metric) => !alarms.some((alarm) => metricsOf(alarm).includes(metric)));
  if (missing.length > 0) {
    return [fail("alarms", `No alarm of the stack looks at ${missing.join(" and ")}.`, deployAgain)];
  }
  const named = (list: MetricAlarm[]) => list.map(({ AlarmName }) => AlarmName).join(", ");
  const mute = alarms.filter(
    ({ ActionsEnabled, AlarmActions }) =>
      ActionsEnabled === false || (AlarmTopicArn !== undefined && AlarmActions?.includes(AlarmTopicArn) !== true),
  );
  const ringing = alarms.filter(({ StateValue }) => StateValue === "ALARM");
  const findings: Finding[] = [];
  if (mute.length > 0) findings.push(warn("alarms", `These alarms tell nobody: ${named(mute)}.`, deployAgain));
  if (ringing.length > 0) {
    const next = "docs/runbook.md has a heading for each.";
    findings.push(warn("alarms", `These alarms are ringing: ${named(ringing)}.`, next));
  }
  return findings.length > 0 ? findings : [ok("alarms", `${alarms.length} alarms are set, and none is ringing.`)];
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

/** Whether the reconciler runs. */
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
      `The reconciler has not run for ${formatDuration(longestSilence)}: windows whose timer is lost stay open.`,
      "See the rule and the log of its function. A stack that has just been deployed has no heartbeat yet: wait.",
    ),
  ];
};
