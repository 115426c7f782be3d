import * as v from "valibot";
import { AwsError } from "../service.ts";

export const invalid = (message: string) => new AwsError("InvalidParameterValue", message);

const text = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most));

export const namespace = text(255);
export const metricName = text(255);
export const alarmName = text(255);
export const dimensions = v.pipe(v.array(v.strictObject({ Name: text(255), Value: text(1024) })), v.maxLength(30));
