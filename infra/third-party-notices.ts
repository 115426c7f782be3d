import type { Metafile } from "esbuild";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

/** The file with the licences of bundled packages, in each zip and in the middleware package. */
export const noticesFile = "THIRD-PARTY-NOTICES.txt";

const manifestSchema = v.object({
  name: v.string(),
  version: v.string(),
  license: v.string(),
  author: v.optional(v.union([v.string(), v.object({ name: v.string() })])),
});

interface BundledPackage {
  name: string;
  /** `name version (licence)` */
  title: string;
  /** The texts of its licence and notice files. */
  texts: string[];
}

/**
 * Takes esbuild's metafile, with paths from the root of the repository. Returns the notices of every npm package that is part of
 * an output. Each text appears once, below its packages. Throws when a package has no licence text.
 * https://esbuild.github.io/api/#metafile
 */
export const thirdPartyNotices = async ({ outputs }: Pick<Metafile, "outputs">): Promise<string> => {
  const inputs = Object.values(outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const folders = new Set(inputs.flatMap((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []));
  const packages = await Promise.all([...folders].map(readPackage));
  packages.sort((one, other) => one.name.localeCompare(other.name, "en"));
  const titles = new Map<string, string[]>();
  for (const { title, texts } of packages) {
    for (const text of texts) titles.set(text, [...(titles.get(text) ?? []), title]);
  }
  const rule = "-".repeat(80);
  return [
    "This software contains the following packages under their own licences.",
    ...[...titles].map(([text, named]) => `${rule}\n${named.join("\n")}\n\n${text}`),
    "",
  ].join("\n\n");
};

const readPackage = async (folder: string): Promise<BundledPackage> => {
  const path = join(root, folder);
  const manifest = v.parse(manifestSchema, JSON.parse(await readFile(join(path, "package.json"), "utf8")));
  const { name, version, license } = manifest;
  const files = (await readdir(path)).filter((file) => /^(licen[cs]e|copying|notice)(\.|$)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(path, file), "utf8")));
  if (files.every((file) => /^notice/i.test(file))) texts.unshift(standardText(manifest));
  return {
    name,
    title: `${name} ${version} (${license})`,
    texts: texts.map((text) => text.replaceAll("\r", "").trim()),
  };
};

/** The standard text of a licence, for packages that name their licence but do not include its text. */
const standardText = ({ name, license, author }: v.InferOutput<typeof manifestSchema>): string => {
  const file = `spdx-license-list/licenses/${license}.json`;
  const { licenseText } = v.parse(v.object({ licenseText: v.string() }), require(file));
  const holder = typeof author === "object" ? author.name : author;
  return licenseText.replace(/<year> <copyright holders?>/i, holder ?? `the authors of ${name}`);
};
