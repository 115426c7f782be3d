import { jsonService, type Service } from "../service.ts";
import type { Sns } from "../sns.ts";
import { alarmOperations } from "./alarms.ts";
import { type Datum, metricOperations } from "./metrics.ts";

/** CloudWatch for metrics that are kept elsewhere, see `data`. */
export class CloudWatch {
  /** Returns the metrics. Replace it with a function that has some. */
  data: () => Iterable<Datum> = () => [];
  readonly service: Service;

  constructor(options: { clock: { now(): Date }; sns: Sns; region: string; accountId: string }) {
    this.service = jsonService({
      name: "cloudwatch",
      signingName: "monitoring",
      targetPrefix: "GraniteServiceVersion20100801",
      contentType: "application/x-amz-json-1.0",
      throttling: { code: "Throttling", message: "Rate exceeded", status: 400 },
      operations: { ...metricOperations(() => this.data()), ...alarmOperations(options) },
    });
  }
}
