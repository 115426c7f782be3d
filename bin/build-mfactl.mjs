import { build } from "esbuild";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Bundles mfactl and everything it imports into `outfile`, and then writes what it was built from. Several processes may build at
 * once, and each may die on the way. Throws esbuild's errors.
 */
export const buildMfactl = async (root, outfile, builtFrom) => {
  const {
    outputFiles: [bundled],
  } = await build({
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
  await mkdir(dirname(outfile), { recursive: true });
  await replace(outfile, bundled.contents);
  await replace(builtFrom.file, builtFrom.text);
};

const replace = async (file, contents) => {
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, contents);
  await rename(unfinished, file);
};
