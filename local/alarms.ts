import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import type { LocalAws } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import { names } from "./service-names.ts";

const subscribers = ["alarms@example.com", "pager@example.com"];

/**
 * Creates a topic with two subscribers, who have confirmed as the runbook says, and two of the alarms of
 * infra/alarms/windows.yml, both OK. Returns the topic's ARN.
 */
export const createAlarms = async (aws: LocalAws): Promise<string> => {
  const topicArn = aws.sns.createTopic(`${names.stack}-alarms`);
  for (const subscriber of subscribers) {
    aws.sns.confirm(topicArn, aws.sns.subscribe(topicArn, subscriber).token, true);
  }
  const cloudWatch = new CloudWatchClient(aws.clientOptions("deployment"));
  const put = async (name: string, settings: Partial<PutMetricAlarmCommandInput>) => {
    const AlarmName = `${names.stack}-${name}`;
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        AlarmActions: [topicArn],
        Namespace: "CognitoMfaLifecycle",
        Dimensions: [{ Name: "service", Value: names.stack }],
        EvaluationPeriods: 1,
        Threshold: 1,
        ...settings,
      }),
    );
    await cloudWatch.send(
      new SetAlarmStateCommand({
        AlarmName,
        StateValue: "OK",
        StateReason: "The local stack does not evaluate alarms.",
      }),
    );
  };
  await put("reconciler-heartbeat-missing", {
    MetricName: "ReconcilerHeartbeat",
    Statistic: "Sum",
    Period: 900,
    ComparisonOperator: "LessThanThreshold",
    TreatMissingData: "breaching",
  });
  await put("windows-overdue", {
    MetricName: "WindowsOverdue",
    Statistic: "Maximum",
    Period: 300,
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
    TreatMissingData: "ignore",
  });
  return topicArn;
};
