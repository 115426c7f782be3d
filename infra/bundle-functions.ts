import { build } from "esbuild";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A function, ready to be zipped. */
export interface Bundle {
  name: string;
  /** The module that exports `handler`. */
  file: string;
  bytes: number;
}

/**
 * Bundles every function for Lambda: `<outDir>/functions/<name>/index.mjs`, which is all that is deployed. Apart from that,
 * and only for people: `source-maps/`, `licences/` and `metafile.json`, what each bundle is made of.
 */
export const bundleFunctions = async (outDir: string): Promise<Bundle[]> => {
  const names = await functionNames();
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => ({ in: `functions/${name}/index.ts`, out: `${name}/index` })),
    outdir: outDir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "esm",
    // The ES module builds of the SDK can be shaken: a third of the size, and less than half the time to import.
    mainFields: ["module", "main"],
    sourcemap: "external",
    legalComments: "external",
    metafile: true,
    write: false,
  });

  await Promise.all(["functions", "source-maps", "licences"].map((folder) => emptyFolder(join(outDir, folder))));
  const bundles: Bundle[] = [];
  for (const { path, contents } of outputFiles) {
    const name = basename(dirname(path));
    const file = join(outDir, folderOf(path), name, basename(path));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
    if (path.endsWith(".mjs")) bundles.push({ name, file, bytes: contents.length });
  }
  await writeFile(join(outDir, "metafile.json"), JSON.stringify(metafile));
  return bundles;
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
