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

  it("builds that file again when a source is newer", async () => {
    await start();
    const built = await stat(bundle);
    const now = new Date();
    await utimes("cli/mfactl.ts", now, now);
    await start();
    expect((await stat(bundle)).mtimeMs).toBeGreaterThan(built.mtimeMs);
  });
});
