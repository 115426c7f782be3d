import * as v from "valibot";
import { AwsError, type Operation, operation } from "../service.ts";
import type { Sns } from "../sns.ts";
import { alarmName, dimensions, invalid, metricName, namespace } from "./parameters.ts";

const state = v.picklist(["OK", "ALARM", "INSUFFICIENT_DATA"]);
const actions = v.optional(v.pipe(v.array(v.string()), v.maxLength(5)), []);

const definition = v.strictObject({
  AlarmName: alarmName,
  AlarmDescription: v.optional(v.pipe(v.string(), v.maxLength(1024))),
  ActionsEnabled: v.optional(v.boolean(), true),
  OKActions: actions,
  AlarmActions: actions,
  InsufficientDataActions: actions,
  Namespace: namespace,
  MetricName: metricName,
  Dimensions: v.optional(dimensions, []),
  Statistic: v.picklist(["SampleCount", "Sum", "Average", "Minimum", "Maximum"]),
  Period: v.pipe(v.number(), v.integer(), v.minValue(10)),
  EvaluationPeriods: v.pipe(v.number(), v.integer(), v.minValue(1)),
  DatapointsToAlarm: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  Threshold: v.number(),
  ComparisonOperator: v.picklist([
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
  ]),
  TreatMissingData: v.optional(v.picklist(["breaching", "notBreaching", "ignore", "missing"])),
});

type Alarm = v.InferOutput<typeof definition> & {
  AlarmArn: string;
  StateValue: v.InferOutput<typeof state>;
  StateReason: string;
  StateUpdatedTimestamp: number;
};

interface AlarmOptions {
  clock: { now(): Date };
  sns: Sns;
  region: string;
  accountId: string;
}

/**
 * The local stack does not evaluate alarms: each keeps the state that SetAlarmState gives it. A change of state goes to
 * the alarm's topics. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export const alarmOperations = ({ clock, sns, region, accountId }: AlarmOptions): Record<string, Operation> => {
  const alarms = new Map<string, Alarm>();
  const now = () => clock.now().getTime() / 1000;
  return {
    PutMetricAlarm: operation(definition, invalid, (input) => {
      const before = alarms.get(input.AlarmName);
      alarms.set(input.AlarmName, {
        ...input,
        AlarmArn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${input.AlarmName}`,
        StateValue: before?.StateValue ?? "INSUFFICIENT_DATA",
        StateReason: before?.StateReason ?? "Unchecked: Initial alarm creation",
        StateUpdatedTimestamp: before?.StateUpdatedTimestamp ?? now(),
      });
    }),
    DescribeAlarms: operation(
      v.strictObject({
        AlarmNames: v.optional(v.array(alarmName)),
        AlarmNamePrefix: v.optional(alarmName),
        AlarmTypes: v.optional(v.array(v.literal("MetricAlarm"))),
        StateValue: v.optional(state),
        MaxRecords: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100))),
        NextToken: v.optional(v.string()),
      }),
      invalid,
      ({ AlarmNames, AlarmNamePrefix, StateValue, MaxRecords, NextToken }) => {
        if (AlarmNames !== undefined && AlarmNamePrefix !== undefined) {
          throw new AwsError("ValidationError", "AlarmNamePrefix and AlarmNames cannot both be given.");
        }
        const found = [...alarms.values()]
          .filter(({ AlarmName }) => AlarmNames?.includes(AlarmName) ?? AlarmName.startsWith(AlarmNamePrefix ?? ""))
          .filter((alarm) => StateValue === undefined || alarm.StateValue === StateValue);
        const start = Number(NextToken ?? 0);
        const end = start + (MaxRecords ?? 50);
        return {
          MetricAlarms: found.slice(start, end),
          CompositeAlarms: [],
          ...(end < found.length && { NextToken: String(end) }),
        };
      },
    ),
    SetAlarmState: operation(
      v.strictObject({ AlarmName: alarmName, StateValue: state, StateReason: v.pipe(v.string(), v.maxLength(1023)) }),
      invalid,
      ({ AlarmName, StateValue, StateReason }) => {
        const alarm = alarms.get(AlarmName);
        if (alarm === undefined) throw new AwsError("ResourceNotFound", "", 404);
        const changed = alarm.StateValue !== StateValue;
        Object.assign(alarm, { StateValue, StateReason, StateUpdatedTimestamp: now() });
        if (!changed || !alarm.ActionsEnabled) return;
        const notified = {
          OK: alarm.OKActions,
          ALARM: alarm.AlarmActions,
          INSUFFICIENT_DATA: alarm.InsufficientDataActions,
        }[StateValue];
        const subject = `${StateValue}: "${AlarmName}" in ${region}`.slice(0, 100);
        for (const topic of notified) sns.publish(topic, subject, `${alarm.AlarmDescription ?? ""}\n\n${StateReason}`);
      },
    ),
  };
};
