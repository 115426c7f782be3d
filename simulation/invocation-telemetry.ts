import { currentInvocation } from "@cognito-mfa-lifecycle/local-aws/lambda/invocation.ts";
import { keptLog } from "../local/kept-log.ts";
import type { Clock } from "../shared/runtime/clock.ts";
import type { Dimension, Metric, Telemetry } from "../shared/telemetry/telemetry.ts";
import type { Timeline } from "./timeline.ts";

export interface MetricValue {
  at: Date;
  source: string;
  metric: Metric;
  value: number;
  dimension?: Dimension | undefined;
}

/**
 * Keeps logs and metrics as Lambda does. A metric counts only after its invocation has flushed it. An invocation that
 * dies before that leaves no metrics.
 */
export class InvocationTelemetry {
  readonly values: MetricValue[] = [];
  readonly #clock: Clock;
  readonly #timeline: Timeline;
  readonly #pending = new WeakMap<object, MetricValue[]>();

  constructor(clock: Clock, timeline: Timeline) {
    this.#clock = clock;
    this.#timeline = timeline;
  }

  for(source: string): Telemetry {
    return {
      log: keptLog(({ level, event, fields }) => {
        if (currentInvocation.getStore()?.isOver !== true) {
          this.#timeline.add(source, `${level}: ${event} ${JSON.stringify({ ...fields, where: undefined })}`);
        }
      }),
      metrics: {
        add: (metric, value, dimension) => {
          this.#pendingOnes().push({ at: this.#clock.now(), source, metric, value, dimension });
        },
      },
      flush: async () => {
        if (currentInvocation.getStore()?.isOver !== true) this.values.push(...this.#pendingOnes().splice(0));
      },
    };
  }

  #pendingOnes(): MetricValue[] {
    const owner = currentInvocation.getStore() ?? this;
    const pending = this.#pending.get(owner) ?? [];
    this.#pending.set(owner, pending);
    return pending;
  }
}
