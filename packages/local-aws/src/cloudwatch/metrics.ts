import * as v from "valibot";
import { type Operation, operation } from "../service.ts";
import { dimensions, invalid, metricName, namespace } from "./parameters.ts";

/** One value of a metric, as a function published it. */
export interface Datum {
  namespace: string;
  name: string;
  at: Date;
  value: number;
  dimensions: Record<string, string>;
}

const statistics = {
  SampleCount: (values: number[]) => values.length,
  Sum: (values: number[]) => values.reduce((sum, value) => sum + value, 0),
  Average: (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length,
  Minimum: (values: number[]) => Math.min(...values),
  Maximum: (values: number[]) => Math.max(...values),
};
type Statistic = keyof typeof statistics;
const statistic = v.picklist(["SampleCount", "Sum", "Average", "Minimum", "Maximum"]);

const instant = v.pipe(
  v.number(),
  v.transform((seconds) => seconds * 1000),
);
const period = v.pipe(v.number(), v.integer(), v.multipleOf(60, "must be a multiple of 60"));

interface Search {
  Namespace: string;
  MetricName: string;
  Dimensions: { Name: string; Value: string }[];
  StartTime: number;
  EndTime: number;
  Period: number;
}

/** Returns the values of each period that has any, oldest first. Other dimensions make a different metric. */
const inPeriods = (data: Iterable<Datum>, search: Search): [startMs: number, values: number[]][] => {
  const length = search.Period * 1000;
  const periods = new Map<number, number[]>();
  const wanted = canonical(Object.fromEntries(search.Dimensions.map(({ Name, Value }) => [Name, Value])));
  for (const datum of data) {
    const at = datum.at.getTime();
    if (datum.namespace !== search.Namespace || datum.name !== search.MetricName) continue;
    if (at < search.StartTime || at >= search.EndTime || canonical(datum.dimensions) !== wanted) continue;
    const start = Math.floor(at / length) * length;
    periods.set(start, [...(periods.get(start) ?? []), datum.value]);
  }
  return [...periods].sort(([one], [other]) => one - other);
};

const canonical = (given: Record<string, string>): string => JSON.stringify(Object.entries(given).sort());

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
export const metricOperations = (data: () => Iterable<Datum>): Record<string, Operation> => ({
  GetMetricStatistics: operation(
    v.strictObject({
      Namespace: namespace,
      MetricName: metricName,
      Dimensions: v.optional(dimensions, []),
      StartTime: instant,
      EndTime: instant,
      Period: period,
      Statistics: v.pipe(v.array(statistic), v.minLength(1), v.maxLength(5)),
    }),
    invalid,
    (input) => ({
      Label: input.MetricName,
      Datapoints: inPeriods(data(), input).map(([start, values]) => ({
        Timestamp: start / 1000,
        ...Object.fromEntries(input.Statistics.map((name: Statistic) => [name, statistics[name](values)])),
      })),
    }),
  ),
  GetMetricData: operation(
    v.strictObject({
      MetricDataQueries: v.array(
        v.strictObject({
          Id: v.pipe(v.string(), v.regex(/^[a-z]\w{0,254}$/, "must begin with a small letter")),
          Label: v.optional(v.string()),
          MetricStat: v.strictObject({
            Metric: v.strictObject({
              Namespace: namespace,
              MetricName: metricName,
              Dimensions: v.optional(dimensions, []),
            }),
            Period: period,
            Stat: statistic,
          }),
          ReturnData: v.optional(v.literal(true)),
        }),
      ),
      StartTime: instant,
      EndTime: instant,
      ScanBy: v.optional(v.picklist(["TimestampDescending", "TimestampAscending"]), "TimestampDescending"),
    }),
    invalid,
    ({ MetricDataQueries, StartTime, EndTime, ScanBy }) => ({
      MetricDataResults: MetricDataQueries.map(({ Id, Label, MetricStat: { Metric, Period, Stat } }) => {
        const found = inPeriods(data(), { ...Metric, Period, StartTime, EndTime });
        if (ScanBy === "TimestampDescending") found.reverse();
        return {
          Id,
          Label: Label ?? Metric.MetricName,
          Timestamps: found.map(([start]) => start / 1000),
          Values: found.map(([, values]) => statistics[Stat](values)),
          StatusCode: "Complete",
        };
      }),
    }),
  ),
});
