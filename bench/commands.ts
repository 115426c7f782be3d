import { spawn } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { table } from "./report.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Returns how many seconds a command of package.json takes, or its exit status if it fails. */
const secondsOf = async (...command: string[]): Promise<string> => {
  const start = performance.now();
  const child = spawn("npm", command, { cwd: root, stdio: "ignore" });
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (status !== 0) return `failed (${status})`;
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
};

/** Returns the total size of the files in a folder, in bytes. Links are not followed. */
const sizeOf = async (folder: string): Promise<number> => {
  let total = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) total += await sizeOf(path);
    else if (entry.isFile()) total += (await stat(path)).size;
  }
  return total;
};

/** Measures the commands that a newcomer waits for. `npm test` is slow and runs only with `withTests`. */
export const measureCommands = async (withTests: boolean): Promise<string> =>
  table(
    ["", "measured", "goal"],
    [
      ["npm start, to the end of the tour", await secondsOf("start", "--", "--once", "--port", "0"), "≤ 5 s"],
      ["npm test", withTests ? await secondsOf("test") : "not run: npm run bench -- --all", "≤ 90 s"],
      ["npm ci, size", `${((await sizeOf(join(root, "node_modules"))) / 1e6).toFixed(0)} MB`, "≤ 300 MB"],
    ],
  );
