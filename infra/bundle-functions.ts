import { cyclonedxEsbuildPlugin } from "@cyclonedx/cyclonedx-esbuild";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { noticesFile, thirdPartyNotices } from "./third-party-notices.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A function, ready to be zipped. */
export interface Bundle {
  name: string;
  /** The module that exports `handler`. */
  file: string;
  /** Of all modules of the function, those that are only loaded when needed included. */
  bytes: number;
}

/**
 * Middy can stream responses, and loads Node's web streams for it, which takes longer than all of Middy. No function here
 * streams.
 */
const withoutMiddyStreams: Plugin = {
  name: "without-middy-streams",
  setup: (build) => {
    build.onResolve({ filter: /^node:stream\/(web|promises)$/ }, ({ importer }) =>
      importer.includes("/@middy/core/") ? { path: join(root, "infra/no-streams.ts") } : undefined,
    );
  },
};

/** How modules are made for Lambda's Node.js. */
export const lambdaBuild = {
  absWorkingDir: root,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  minify: true,
  platform: "node",
  target: "node24",
  format: "esm",
  // What is imported dynamically becomes a module of its own, which is neither read nor compiled before it is needed.
  splitting: true,
  // The ES module builds of the SDK can be shaken: a third of the size, and less than half the time to import.
  mainFields: ["module", "main"],
  // Drops the regular expressions of valibot that nobody uses.
  pure: ["RegExp"],
  plugins: [withoutMiddyStreams],
} satisfies BuildOptions;

/**
 * Bundles every function for Lambda: `<outDir>/functions/<name>/`, which is all that is deployed, its modules and the licences of
 * what they contain. Apart from that, and only for people: `source-maps/`, `licences/`, `metafiles/` and `sbom/` (https://cyclonedx.org), what each bundle is made of.
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
