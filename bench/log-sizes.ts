import { fileURLToPath } from "node:url";
import { runChild, withAws } from "./child-process.ts";
import type { LogSizes } from "./money.ts";

/**
 * Measures the output of the built post-confirmation for one recorded fact: one line, and one metric with a dimension.
 */
export const measureLogSizes = async (bundle: string): Promise<LogSizes> => {
  const event = fileURLToPath(new URL("../events/samples/cognito.post-confirmation.json", import.meta.url));
  const { lines } = await withAws((port) => runChild("cold-start", port, bundle, "bare", event));
  const bytes = (isMetric: boolean) =>
    lines
      .filter((line) => line.includes('"_aws"') === isMetric)
      .reduce((total, line) => total + Buffer.byteLength(line), 0);
  return { line: bytes(false), metric: bytes(true) };
};
