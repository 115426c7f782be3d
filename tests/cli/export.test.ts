import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { day } from "../../shared/config/duration.ts";
import { type MfactlStack, startMfactlStack, type User } from "../support/mfactl-stack.ts";

let stack: MfactlStack;
let hanako: User;
let ken: User;

/** hanako's window of 15 to 16 January, which closed automatically, and ken's open window of 17 January. */
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
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

/** Reads CSV strictly. */
const csvRecords = (csv: string): Record<string, string>[] =>
  parse(csv, { columns: true, bom: true, record_delimiter: "\r\n" });

describe("mfactl export", () => {
  it("exports closed and open windows, with their evidence and a version", async () => {
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
    const found = await jsonLines(from, to);
    const windows = found.filter(({ state }) => state !== "none");
    expect(windows.map(({ sub }) => names[String(sub)])).toEqual(expected);
  });

  it.each(["csv", "jsonl"] as const)("says in one record that a period had no window, as %s", async (format) => {
    const argv = ["export", "--from", "2026-01-15T08:00:00Z", "--to", "2026-01-15T09:00:00Z", "--format", format];
    const { code, stdout, stderr } = await stack.mfactl(argv);
    const records = format === "csv" ? csvRecords(stdout) : [JSON.parse(stdout) as unknown];
    expect(records).toEqual([
      expect.objectContaining({
        version: format === "csv" ? "1" : 1,
        userPoolId: stack.userPoolId,
        state: "none",
        windowId: format === "csv" ? "" : null,
        periodFrom: "2026-01-15T08:00:00.000Z",
        periodTo: "2026-01-15T09:00:00.000Z",
        exported: format === "csv" ? "0" : 0,
      }),
    ]);
    expect(stderr).toContain(
      `No window of ${stack.userPoolId} is known to have been open from 2026-01-15 08:00:00Z up to 2026-01-15 09:00:00Z`,
    );
    expect(code).toBe(0);
  });

  it("says on every record what was asked, when the table was read, and how many records there are", async () => {
    const readAt = stack.aws.clock.now().toISOString();
    const about = { periodFrom: "2026-01-15T00:00:00.000Z", periodTo: "2026-01-18T00:00:00.000Z", readAt, exported: 2 };
    const expected = expect.objectContaining(about);
    expect(await jsonLines("2026-01-15", "2026-01-18")).toEqual([expected, expected]);
    const document = await stack.json("export", "--from", "2026-01-15", "--to", "2026-01-18");
    expect(document).toMatchObject({ ...about, userPoolId: stack.userPoolId, windows: [about, about] });
  });

  it("has the period and no window in the document of an empty period", async () => {
    const document = await stack.json("export", "--from", "2026-01-14", "--to", "2026-01-15");
    expect(document).toMatchObject({ windows: [], exported: 0, periodFrom: "2026-01-14T00:00:00.000Z" });
  });

  it("says that windows of long ago are not kept, and that the period is not over", async () => {
    const { stderr } = await stack.mfactl(["export", "--from", "2024-01-01", "--to", "2030-01-01"]);
    expect(stderr).toContain("Windows that closed before 2024-12-13 10:");
    expect(stderr).toContain("The period is not over yet: the table was read at 2026-01-17 10:");
    const { stderr: whole } = await stack.mfactl(["export", "--from", "2026-01-15", "--to", "2026-01-17"]);
    expect(whole).not.toMatch(/kept|not over/);
  });

  it("writes CSV that a spreadsheet reads and does not run, without addresses, and says what it cost", async () => {
    const { stdout, stderr } = await stack.mfactl(["export", "--from", "2026-01-15", "--to", "2026-01-17"]);
    const [headings, row] = stdout.split("\r\n");
    expect(headings).toMatch(/^\ufeffversion,windowId,userPoolId,sub,state,origin,outcome,openedAt,/);
    expect(row).toContain(`,"'=cmd(""x""), for …",HD-1,`);
    expect(csvRecords(stdout)).toMatchObject([{ sub: hanako.sub, reason: `'=cmd("x"), for …`, changes: "[]" }]);
    expect(stdout).not.toContain("@");
    expect(stderr).toBe(
      `1 window of ${stack.userPoolId} was open from 2026-01-15 00:00:00Z up to 2026-01-17 00:00:00Z.\n` +
        `${/\d+ items read for [\d.]+ read units?\.\n$/.exec(stderr)?.[0]}`,
    );
  });

  it("writes a new file, and never over one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mfactl-"));
    const file = join(folder, "windows.jsonl");
    const argv = ["export", "--from", "2026-01-15", "--to", "2026-01-18", "--format", "jsonl", "--output", file];
    expect((await stack.mfactl(argv)).stdout).toBe(`2 windows in ${file}.\n`);
    expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(2);
    const again = await stack.mfactl(argv);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("Use the name of a new file.");
    rmSync(folder, { recursive: true });
  });

  it.each(["csv", "jsonl"])("writes the same bytes to a file as to standard output, as %s", async (format) => {
    const folder = mkdtempSync(join(tmpdir(), "mfactl-"));
    const file = join(folder, "windows");
    const argv = ["export", "--from", "2026-01-15", "--to", "2026-01-16", "--format", format];
    const { stdout } = await stack.mfactl(argv);
    await stack.mfactl([...argv, "--output", file]);
    expect(readFileSync(file, "utf8")).toBe(stdout);
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
