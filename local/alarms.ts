import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import type { LocalAws } from "./aws/local-aws.ts";
import { names } from "./service-names.ts";

const subscriber = "alarms@example.com";

/** A topic with a subscriber who has confirmed, and two of the alarms of the service, both quiet. Gives the topic's ARN. */
export const createAlarms = async (aws: LocalAws): Promise<string> => {
  const topicArn = aws.sns.createTopic(`${names.stack}-alarms`);
  aws.sns.confirm(topicArn, aws.sns.subscribe(topicArn, subscriber).token);
  const cloudWatch = new CloudWatchClient(aws.clientOptions("deployment"));
  const put = async (name: string, MetricName: string, rule: "missing" | "more than none") => {
    const AlarmName = `${names.stack}-${name}`;
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        AlarmActions: [topicArn],
        Namespace: "CognitoMfaLifecycle",
        MetricName,
        Dimensions: [{ Name: "service", Value: names.stack }],
        Period: 900,
        EvaluationPeriods: 1,
        Threshold: rule === "missing" ? 1 : 0,
        ...(rule === "missing"
          ? { Statistic: "Sum", ComparisonOperator: "LessThanThreshold", TreatMissingData: "breaching" }
          : { Statistic: "Maximum", ComparisonOperator: "GreaterThanThreshold", TreatMissingData: "notBreaching" }),
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
  await put("heartbeat-missing", "ReconcilerHeartbeat", "missing");
  await put("overdue", "WindowsOverdue", "more than none");
  return topicArn;
};
