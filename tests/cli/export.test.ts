import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { day } from "../../shared/duration.ts";
import { type MfactlStack, startMfactlStack, type User } from "../support/mfactl-stack.ts";

let stack: MfactlStack;
let hanako: User;
let ken: User;

/** hanako's window of 15 to 16 January, closed by itself, and ken's of 17 January, open. */
beforeAll(async () => {
  stack = await startMfactlStack();
  hanako = await stack.addUser("hanako@example.com");
  ken = await stack.addUser("ken@example.com");
  await stack.mfactl(["open", hanako.sub, "--reason", '=cmd("x"), for hanako@example.com', "--ticket", "HD-1"]);
  await stack.aws.clock.advanceBy(2 * day);
  await stack.mfactl(["open", ken.sub, "--reason", "new phone"]);
});
afterAll(() => stack.stop());

const jsonLines = async (from: string, to: string) => {
  const { stdout } = await stack.mfactl(["export", "--from", from, "--to", to, "--format", "jsonl"]);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
};

describe("mfactl export", () => {
  it("gives closed and open windows, with their evidence and a version", async () => {
    expect(await jsonLines("2026-01-15", "2026-01-18")).toEqual([
      expect.objectContaining({
        version: 1,
        sub: hanako.sub,
        state: "closed",
        outcome: "re-enabled",
        openedAt: "2026-01-15T10:00:00.000Z",
        dueAt: "2026-01-16T10:00:00.000Z",
        openSeconds: 86_400,
        latenessSeconds: 0,
        openedBy: "arn:aws:iam::000000000000:user/local",
        ticket: "HD-1",
        factorsAtClose: [],
        factorsAfter: ["EMAIL_OTP"],
      }),
      expect.objectContaining({ sub: ken.sub, state: "open", closedAt: null, outcome: null }),
    ]);
  });

  it.each([
    ["2026-01-15T09:00:00Z", "2026-01-15T10:00:00Z", []],
    ["2026-01-15T09:00:00Z", "2026-01-15T10:00:01Z", ["hanako"]],
    ["2026-01-16T10:00:00Z", "2026-01-17", ["hanako"]],
    ["2026-01-16T10:01:00Z", "2026-01-17", []],
    ["2026-01-17", "2030-01-01", ["ken"]],
  ])("from %s to %s gives what was open then: %j", async (from, to, expected) => {
    const names: Record<string, string> = { [hanako.sub]: "hanako", [ken.sub]: "ken" };
    const found = (await jsonLines(from, to)) as { sub: string }[];
    expect(found.map(({ sub }) => names[sub])).toEqual(expected);
  });

  it("writes CSV that a spreadsheet reads and does not run, without addresses, and says what it cost", async () => {
    const { stdout, stderr } = await stack.mfactl(["export", "--from", "2026-01-15", "--to", "2026-01-17"]);
    const [headings, row] = stdout.split("\r\n");
    expect(headings).toMatch(/^version,windowId,userPoolId,sub,state,origin,outcome,openedAt,/);
    expect(row).toContain(`,"'=cmd(""x""), for …",HD-1,`);
    expect(stdout).not.toContain("@");
    expect(stderr).toMatch(/^\d+ items read for [\d.]+ read units?\.\n$/);
  });

  it("writes a new file, and never over one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mfactl-"));
    const file = join(folder, "windows.jsonl");
    const argv = ["export", "--from", "2026-01-15", "--to", "2026-01-18", "--format", "jsonl", "--output", file];
    expect((await stack.mfactl(argv)).stdout).toBe(`2 windows in ${file}.\n`);
    expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(2);
    const again = await stack.mfactl(argv);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("Name a file that does not exist yet.");
    rmSync(folder, { recursive: true });
  });

  it.each([
    ["2026-01-18", "2026-01-18"],
    ["2026-02-30", "2026-03-01"],
    ["yesterday", "2026-01-01"],
  ])("refuses the period from %s to %s", async (from, to) => {
    expect((await stack.mfactl(["export", "--from", from, "--to", to])).code).toBe(2);
  });
});
