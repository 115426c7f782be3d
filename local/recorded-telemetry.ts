import type { Datum } from "@cognito-mfa-lifecycle/local-aws/cloudwatch/metrics.ts";
import type { Clock } from "../shared/runtime/clock.ts";
import type { Dimension, Metric, Telemetry } from "../shared/telemetry/telemetry.ts";
import { keptLog, type KeptLine } from "./kept-log.ts";

export interface LogLine extends KeptLine {
  at: Date;
  source: string;
}

export interface MetricValue {
  at: Date;
  source: string;
  metric: Metric;
  value: number;
  dimension?: Dimension | undefined;
}

/** Keeps the logs and metrics of the functions, with times of the local clock, instead of printing them. */
export class RecordedTelemetry {
  readonly lines: LogLine[] = [];
  readonly values: MetricValue[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  for(source: string): Telemetry {
    return {
      log: keptLog((line) => this.lines.push({ at: this.#clock.now(), source, ...line })),
      metrics: {
        add: (metric, value, dimension) => {
          this.values.push({ at: this.#clock.now(), source, metric, value, dimension });
        },
      },
      flush: async () => undefined,
    };
  }

  /**
   * Yields the values as in CloudWatch: each with the dimension `service`, and again with its own dimension if it has
   * one.
   */
  *data(service: string): Iterable<Datum> {
    for (const { at, metric, value, dimension } of this.values) {
      const datum = { namespace: "CognitoMfaLifecycle", name: metric, at, value };
      yield { ...datum, dimensions: { service } };
      if (dimension !== undefined) yield { ...datum, dimensions: { service, [dimension.name]: dimension.value } };
    }
  }
}
