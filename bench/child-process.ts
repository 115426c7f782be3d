import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const script = (name: string): string => fileURLToPath(new URL(`child/${name}.mjs`, import.meta.url));

const environment = (port: number) => ({
  PATH: process.env["PATH"],
  AWS_REGION: "us-east-1",
  AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  AWS_LAMBDA_FUNCTION_NAME: "bench",
  AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  RECORDS_QUEUE_URL: `http://127.0.0.1:${port}/000000000000/records`,
  WINDOWS_TABLE: "windows",
});

/** Runs a script in `child/` to its end. Returns its result, which it prints last, and the lines before. */
export const runChild = async (
  name: string,
  port: number,
  ...parameters: string[]
): Promise<{ result: unknown; lines: string[] }> => {
  const child = spawn(process.execPath, ["--no-warnings", script(name), ...parameters], { env: environment(port) });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await new Promise((resolve) => child.once("close", resolve));
  const [log = "", result] = output.split("\nRESULT ");
  if (result === undefined) throw new Error(`${name} ${parameters.join(" ")} gave no result.\n${errors}`);
  return { result: JSON.parse(result), lines: log.split("\n").filter((line) => line !== "") };
};

/** Runs `work` while a separate process plays an AWS that answers every call at once. */
export const withAws = async <T>(work: (port: number) => Promise<T>): Promise<T> => {
  const child = spawn(process.execPath, [script("aws")], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [port] = await new Promise<string[]>((resolve) =>
      createInterface(child.stdout).once("line", (line) => resolve([line])),
    );
    return await work(Number(port));
  } finally {
    child.kill();
  }
};
