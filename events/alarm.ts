import * as v from "valibot";

/**
 * The fields that we read of the event with which CloudWatch invokes a Lambda function when an alarm changes its state.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
 */
export const alarm = v.looseObject({
  alarmData: v.looseObject({
    alarmName: v.string(),
    state: v.looseObject({ value: v.picklist(["OK", "ALARM", "INSUFFICIENT_DATA"]) }),
    configuration: v.optional(v.looseObject({ description: v.optional(v.string()) })),
  }),
});
