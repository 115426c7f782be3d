import { cyclonedxEsbuildPlugin } from "@cyclonedx/cyclonedx-esbuild";
import { build } from "esbuild";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { noticesFile, thirdPartyNotices } from "./third-party-notices.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = fileURLToPath(new URL("../packages/trigger-middleware/", import.meta.url));

/**
 * Builds the package for other repositories: one module without dependencies, its types, package.json, licences and an SBOM
 * (https://cyclonedx.org).
 */
export const buildMiddleware = async (outDir: string): Promise<void> => {
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  const entry = join(source, "record-mfa-facts.ts");
  const { metafile } = await build({
    absWorkingDir: root,
    metafile: true,
    entryPoints: [entry],
    outfile: join(outDir, "record-mfa-facts.mjs"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    mainFields: ["module", "main"],
    legalComments: "inline",
    logLevel: "error",
    plugins: [
      cyclonedxEsbuildPlugin({
        outputFile: join(outDir, "sbom.cdx.json"),
        outputReproducible: true,
        logLevel: "silent",
      }),
    ],
  });
  const { outputText } = ts.transpileDeclaration(await readFile(entry, "utf8"), {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext },
  });
  await writeFile(join(outDir, "record-mfa-facts.d.ts"), outputText);
  await copyFile(join(source, "package.json"), join(outDir, "package.json"));
  await copyFile(join(root, "LICENSE"), join(outDir, "LICENSE"));
  await writeFile(join(outDir, noticesFile), await thirdPartyNotices(metafile));
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outDir = join(root, "build/middleware");
  await buildMiddleware(outDir);
  console.log(`To install it in your repository, run npm install ${outDir}`);
}
