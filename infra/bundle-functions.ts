import { cyclonedxEsbuildPlugin } from "@cyclonedx/cyclonedx-esbuild";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { noticesFile, thirdPartyNotices } from "./third-party-notices.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A bundled function, ready to zip. */
export interface Bundle {
  name: string;
  /** The module that exports `handler`. */
  file: string;
  /** The size of all modules, including those that are loaded only when needed. */
  bytes: number;
}

/**
 * Replaces the web streams that Middy loads for streaming responses. Loading them takes longer than the rest of Middy, and no
 * function here streams.
 */
const withoutMiddyStreams: Plugin = {
  name: "without-middy-streams",
  setup: (build) => {
    build.onResolve({ filter: /^node:stream\/(web|promises)$/ }, ({ importer }) =>
      importer.includes("/@middy/core/") ? { path: join(root, "infra/no-streams.ts") } : undefined,
    );
  },
};

/** esbuild's options for Lambda's Node.js. */
export const lambdaBuild = {
  absWorkingDir: root,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  minify: true,
  platform: "node",
  target: "node24",
  format: "esm",
  // Each dynamic import becomes a separate module, which Node reads and compiles only when needed.
  splitting: true,
  // The SDK's ES module builds can be tree-shaken: a third of the size, and less than half the import time.
  mainFields: ["module", "main"],
  // Drops valibot's unused regular expressions.
  pure: ["RegExp"],
  plugins: [withoutMiddyStreams],
} satisfies BuildOptions;

/**
 * Bundles every function for Lambda. `<outDir>/functions/<name>/` has the modules and the licences of their contents, and only
 * this is deployed. `source-maps/`, `licences/`, `metafiles/` and `sbom/` (https://cyclonedx.org) describe each bundle for people.
 */
export const bundleFunctions = async (outDir: string): Promise<Bundle[]> => {
  const names = await functionNames();
  const folders = ["functions", "source-maps", "licences", "metafiles", "sbom"];
  await Promise.all(folders.map((folder) => emptyFolder(join(outDir, folder))));
  return Promise.all(names.map((name) => bundleFunction(name, outDir)));
};

const bundleFunction = async (name: string, outDir: string): Promise<Bundle> => {
  const { outputFiles, metafile } = await build({
    ...lambdaBuild,
    entryPoints: { index: `functions/${name}/index.ts` },
    outdir: join(outDir, "functions", name),
    sourcemap: "external",
    legalComments: "external",
    metafile: true,
    write: false,
    plugins: [
      ...lambdaBuild.plugins,
      cyclonedxEsbuildPlugin({
        outputFile: join(outDir, "sbom", `${name}.cdx.json`),
        outputReproducible: true,
        logLevel: "silent",
      }),
    ],
  });
  for (const { path, contents } of outputFiles) {
    const file = join(outDir, folderOf(path), name, basename(path));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
  }
  await writeFile(join(outDir, "metafiles", `${name}.json`), JSON.stringify(metafile));
  await writeFile(join(outDir, "functions", name, noticesFile), await thirdPartyNotices(metafile));
  const modules = outputFiles.filter(({ path }) => path.endsWith(".mjs"));
  return {
    name,
    file: join(outDir, "functions", name, "index.mjs"),
    bytes: modules.reduce((bytes, { contents }) => bytes + contents.length, 0),
  };
};

const functionNames = async (): Promise<string[]> =>
  (await readdir(join(root, "functions"), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

const folderOf = (path: string): string => {
  if (path.endsWith(".mjs")) return "functions";
  return path.endsWith(".map") ? "source-maps" : "licences";
};

const emptyFolder = async (folder: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
};
