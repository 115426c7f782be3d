import { build } from "esbuild";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Bundles mfactl with all that it imports into `outfile`. Two that build at once do not disturb each other. Throws what esbuild threw. */
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
    // Commander is CommonJS, and requires Node's own modules.
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
