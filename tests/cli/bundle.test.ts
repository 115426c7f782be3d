import { describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { readFile, stat, utimes } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { promisify } from "node:util";

/** proxy-agent-negotiate imports it for a proxy that asks for Kerberos, where it is installed. */
const optional = "kerberos";

const bundle = "build/mfactl.mjs";
const start = () => promisify(execFile)("node", ["bin/mfactl.mjs", "--version"]);

describe("bin/mfactl.mjs", () => {
  it("starts one file that needs nothing but Node.js", async () => {
    await start();
    const text = await readFile(bundle, "utf8");
    const imported = [...text.matchAll(/^import\b[^"\n]*"([^"]+)";$|\bimport\("([^"]+)"\)/gm)].map(
      ([, at = "", late = at]) => late,
    );
    expect(imported).toContain("node:fs/promises");
    expect(imported.filter((name) => !isBuiltin(name) && name !== optional)).toEqual([]);
  });

  it.each([
    ["newer", () => new Date()],
    ["older", () => new Date("2020-01-01T00:00:00.000Z")],
  ])("builds that file again when a source is %s", async (_, time) => {
    await start();
    const built = await stat(bundle);
    const { atime, mtime } = await stat("cli/mfactl.ts");
    await utimes("cli/mfactl.ts", time(), time());
    try {
      await start();
      expect((await stat(bundle)).mtimeMs).toBeGreaterThan(built.mtimeMs);
    } finally {
      await utimes("cli/mfactl.ts", atime, mtime);
    }
  });
});
