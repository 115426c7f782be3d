import { build } from "esbuild";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleFunctions, lambdaBuild } from "../infra/bundle-functions.ts";
import { runChild, withAws } from "./child-process.ts";
import { table } from "./report.ts";
import { median } from "./statistics.ts";

const triggers = ["custom-message", "post-confirmation", "post-authentication"];
const sample = (trigger: string): string =>
  fileURLToPath(new URL(`../events/samples/cognito.${trigger}.json`, import.meta.url));

interface Variant {
  name: string;
  file: string;
  event: string;
  times: Record<"bare" | "lambda", { imported: number[]; answered: number[] }>;
}

const variant = (name: string, file: string, trigger: string): Variant => ({
  name,
  file,
  event: sample(trigger),
  times: { bare: { imported: [], answered: [] }, lambda: { imported: [], answered: [] } },
});

/** Compares the start times of the triggers with those of the same triggers on the SDK: same events, in turns. */
export const measureColdStart = async (folder: string, rounds: number): Promise<string> => {
  const bundles = await bundleFunctions(folder);
  const files = new Map(bundles.map(({ name, file }) => [name, file]));
  await buildVariants(join(folder, "plain"), { splitting: false, plugins: [], pure: [] });
  await buildVariants(join(folder, "tuned"), {});
  const variants = triggers.flatMap((trigger) => [
    variant(trigger, files.get(trigger) ?? "", trigger),
    variant(`${trigger} on the SDK`, join(folder, `plain/sdk-${trigger}/index.mjs`), trigger),
    variant(`${trigger} on the SDK, built as ours`, join(folder, `tuned/sdk-${trigger}/index.mjs`), trigger),
  ]);
  variants.push(
    variant(
      "post-confirmation over fetch, aws4fetch",
      join(folder, "plain/fetch-post-confirmation/index.mjs"),
      "post-confirmation",
    ),
    variant("empty handler", join(folder, "plain/empty/index.mjs"), "post-confirmation"),
  );
  await withAws(async (port) => {
    for (let round = 0; round < rounds; round += 1) for (const one of variants) await startOnce(one, port);
  });
  return table(
    [
      "",
      "size",
      "import",
      "of the SDK's",
      "import, in Lambda's runtime",
      "of the SDK's",
      "to the first answer",
      "of the SDK's",
    ],
    await Promise.all(variants.map((one) => row(one, variants))),
  );
};

const buildVariants = async (folder: string, settings: object): Promise<void> => {
  const names = [...triggers.map((trigger) => `sdk-${trigger}`), "fetch-post-confirmation", "empty"];
  await Promise.all(
    names.map((name) =>
      build({
        ...lambdaBuild,
        ...settings,
        entryPoints: { index: `bench/variants/${name}.ts` },
        outdir: join(folder, name),
      }),
    ),
  );
};

const startOnce = async ({ file, event, times }: Variant, port: number): Promise<void> => {
  for (const surroundings of ["bare", "lambda"] as const) {
    const { result } = await runChild("cold-start", port, file, surroundings, event);
    const { imported, answered } = result as { imported: number; answered: number };
    times[surroundings].imported.push(imported);
    times[surroundings].answered.push(answered);
  }
};

const row = async ({ name, file, times }: Variant, variants: Variant[]): Promise<string[]> => {
  const trigger = triggers.find((one) => name.startsWith(one));
  const sdk = variants.find((one) => one.name === `${trigger} on the SDK`);
  const milliseconds = (values: number[]) => `${median(values).toFixed(1)} ms`;
  const share = (values: number[], others: number[] | undefined) =>
    others === undefined ? "" : (median(values) / median(others)).toFixed(2);
  return [
    name,
    `${((await sizeOf(join(file, ".."))) / 1000).toFixed(1)} kB`,
    milliseconds(times.bare.imported),
    share(times.bare.imported, sdk?.times.bare.imported),
    milliseconds(times.lambda.imported),
    share(times.lambda.imported, sdk?.times.lambda.imported),
    milliseconds(times.lambda.answered),
    share(times.lambda.answered, sdk?.times.lambda.answered),
  ];
};

const sizeOf = async (folder: string): Promise<number> => {
  const modules = (await readdir(folder)).filter((name) => name.endsWith(".mjs"));
  const sizes = await Promise.all(modules.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((total, size) => total + size, 0);
};
