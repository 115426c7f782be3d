import { build } from "esbuild";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { lambdaBuild } from "../infra/bundle-functions.ts";
import { runChild, withAws } from "./child-process.ts";
import { table } from "./report.ts";
import { quantile } from "./statistics.ts";

const sample = (trigger: string): string =>
  fileURLToPath(new URL(`../events/samples/cognito.${trigger}.json`, import.meta.url));

const reference = "bare SDK call, SendMessage";

/** Measures how long a warm trigger takes, without the network and over loopback, compared with bare calls. */
export const measureWarm = async (folder: string, rounds: number): Promise<string> => {
  await build({ ...lambdaBuild, entryPoints: { index: "bench/variants/warm.ts" }, outdir: join(folder, "warm") });
  const events = [sample("post-confirmation"), sample("post-authentication")];
  const { result } = await withAws((port) =>
    runChild("warm", port, join(folder, "warm/index.mjs"), String(rounds), ...events),
  );
  const times = result as Record<string, number[]>;
  const bare = times[reference] ?? [];
  return table(
    ["", "p50", "p99", `p50 of the ${reference}`],
    Object.entries(times).map(([name, taken]) => [
      name,
      `${quantile(taken, 0.5).toFixed(3)} ms`,
      `${quantile(taken, 0.99).toFixed(3)} ms`,
      (quantile(taken, 0.5) / quantile(bare, 0.5)).toFixed(2),
    ]),
  );
};
