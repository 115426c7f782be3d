import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics as PowertoolsMetrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Log, Metric, Telemetry } from "./telemetry.ts";

const inSeconds: Metric[] = ["ReEnableLateness", "OldestOverdue"];

const unitOf = (metric: Metric) => (inSeconds.includes(metric) ? MetricUnit.Seconds : MetricUnit.Count);

/** Our log on Powertools' Logger: the event of a line is its `message`, and its fields are next to it. */
export const powertoolsLog = (logger: Logger): Log => ({
  info: (event, fields = {}) => logger.info(event, fields),
  warn: (event, fields = {}) => logger.warn(event, fields),
  error: (event, fields = {}) => logger.error(event, fields),
});

/**
 * Writes structured logs, and metrics in the embedded metric format, to standard output.
 * https://docs.aws.amazon.com/powertools/typescript/latest/features/metrics/
 */
export const powertoolsTelemetry = (environment: Record<string, string | undefined>): Telemetry => {
  const serviceName = environment["POWERTOOLS_SERVICE_NAME"] ?? "cognito-mfa-lifecycle";
  const logger = new Logger({ serviceName });
  logger.appendKeys({ function: environment["AWS_LAMBDA_FUNCTION_NAME"] });
  const metrics = new PowertoolsMetrics({ namespace: "CognitoMfaLifecycle", serviceName });
  return {
    log: powertoolsLog(logger),
    metrics: {
      add(metric, value, dimension) {
        if (dimension === undefined) return void metrics.addMetric(metric, unitOf(metric), value);
        // One line for both: the empty set of dimensions is the total.
        metrics
          .singleMetric()
          .addDimensions({})
          .addDimensions({ [dimension.name]: dimension.value })
          .addMetric(metric, unitOf(metric), value);
      },
    },
    async flush() {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
};
