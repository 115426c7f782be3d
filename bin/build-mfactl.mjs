import { build } from "esbuild";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Bundles mfactl and everything it imports into `outfile`. Several processes may build at once. Throws esbuild's errors. */
export const buildMfactl = async (root, outfile) => {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["cli/mfactl.ts"],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    mainFields: ["module", "main"],
    // Commander is CommonJS and calls require() for Node's built-in modules.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "silent",
    write: false,
  });
  const unfinished = `${outfile}.${process.pid}`;
  await mkdir(dirname(outfile), { recursive: true });
  for (const { contents } of outputFiles) await writeFile(unfinished, contents);
  await rename(unfinished, outfile);
};
