import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { type MfactlStack, startMfactlStack, type User } from "../support/mfactl-stack.ts";

let stack: MfactlStack;
let hanako: User;

/** Hanako can never be re-enabled: her window is overdue. */
beforeEach(async () => {
  stack = await startMfactlStack();
  hanako = await stack.addUser("hanako@example.com");
  await stack.mfactl(["open", "hanako@example.com", "--reason", "x", "--for", "1h"]);
  stack.refuseReEnables();
  await stack.aws.clock.advanceBy(80 * minute);
});
afterEach(() => stack.stop());

const latest = (metric: string) => stack.telemetry.values.findLast((value) => value.metric === metric)?.value;
const counts = () => [latest("WindowsOverdue"), latest("OldestOverdue")];
const failures = () => stack.telemetry.values.filter(({ metric }) => metric === "ReEnableFailed").length;
const accept = (until: string, ...more: string[]) =>
  stack.mfactl(["accept", "hanako@example.com", "--until", until, "--reason", "ask ken@example.com", ...more]);

describe("mfactl accept", () => {
  it("leaves the window out of the counts until the date, and goes on trying", async () => {
    expect(counts()).toEqual([1, 20 * 60]);
    expect((await accept("2026-01-15T14:00:00Z", "--ticket", "HD-7")).code).toBe(0);
    const [before, { open }] = [failures(), await stack.find(hanako)];
    await stack.aws.clock.advanceBy(hour);
    expect(counts()).toEqual([0, 0]);
    expect(failures()).toBe(before);
    expect((await stack.find(hanako)).open?.attempts).toBeGreaterThan((open?.attempts ?? 0) + 2);
    await stack.aws.clock.advanceBy(hour + 45 * minute);
    expect(counts()).toEqual([1, 185 * 60]);
    expect(failures()).toBeGreaterThan(before);
  });

  it("still counts another user, and a later window of the same one", async () => {
    await accept("2026-02-01");
    await stack.addUser("ken@example.com");
    await stack.mfactl(["open", "ken@example.com", "--reason", "x", "--for", "1m"]);
    await stack.aws.clock.advanceBy(25 * minute);
    expect(latest("WindowsOverdue")).toBe(1);
    stack.healReEnables();
    await stack.aws.clock.advanceBy(hour);
    expect((await stack.find(hanako)).open).toBeUndefined();
    await stack.mfactl(["open", "hanako@example.com", "--reason", "x", "--for", "1m"]);
    stack.refuseReEnables();
    await stack.aws.clock.advanceBy(25 * minute);
    expect(latest("WindowsOverdue")).toBe(1);
  });

  it("is shown by list, show and export, and kept on the closed window", async () => {
    const { stdout } = await accept("2026-02-01", "--ticket", "HD-7");
    const by = "arn:aws:iam::000000000000:user/local";
    expect(stdout).toContain("until 2026-02-01 00:00:00Z");
    expect(stdout).toContain(`Recorded on the window: window-accepted · ${by} · ask … · HD-7`);
    expect((await stack.mfactl(["list"])).stdout).toContain(`accepted until 2026-02-01 00:00:00Z by ${by}`);
    const shown = (await stack.mfactl(["show", hanako.sub])).stdout;
    expect(shown).toContain(`Accepted until 2026-02-01 00:00:00Z by ${by}, “ask ken@example.com”`);
    expect(shown).toContain("accepted as a known case, until 2026-02-01T00:00:00Z, by");
    const accepted = { until: "2026-02-01T00:00:00.000Z", by, reason: "ask ken@example.com", ticket: "HD-7" };
    expect((await stack.json("list"))["windows"]).toMatchObject([{ accepted, changes: [{ kind: "accepted" }] }]);
    const period = ["--from", "2026-01-01", "--to", "2026-02-01", "--format", "jsonl"];
    expect(JSON.parse((await stack.mfactl(["export", ...period])).stdout)).toMatchObject({
      acceptedUntil: "2026-02-01T00:00:00.000Z",
      acceptedBy: by,
      acceptedReason: "ask …",
      changes: [{ kind: "accepted", until: "2026-02-01T00:00:00.000Z" }],
    });
    stack.healReEnables();
    await stack.aws.clock.advanceBy(hour);
    expect((await stack.find(hanako)).lastClosed).toMatchObject({ outcome: "re-enabled", accepted: { by } });
  });

  it("is still shown when the window has more acts than it lists", async () => {
    await accept("2026-02-01");
    for (let count = 0; count < 51; count += 1) {
      const { open } = await stack.find(hanako);
      const act = { at: stack.aws.clock.now(), by: "x" };
      if (open === undefined) throw new Error("The window has closed.");
      await stack.operator.windows.update({
        ...open,
        changes: [...open.changes, { ...act, kind: "retried" as const, dueAt: open.dueAt }].slice(-50),
      });
    }
    expect((await stack.json("list"))["windows"]).toMatchObject([{ accepted: { reason: "ask ken@example.com" } }]);
  });

  it.each([
    ["past", "2026-01-15"],
    ["too far ahead", "2026-04-16T00:00:00Z"],
  ])("refuses a date that is %s", async (_, until) => {
    expect(await accept(until)).toMatchObject({ code: 26, stderr: expect.stringContaining("Nothing was accepted") });
    expect((await stack.find(hanako)).open?.accepted).toBeUndefined();
  });

  it("refuses a user without a window, and one whose window is not due", async () => {
    await stack.addUser("ken@example.com");
    const until = ["--until", "2026-02-01", "--reason", "x"];
    expect((await stack.mfactl(["accept", "ken@example.com", ...until])).code).toBe(21);
    await stack.mfactl(["open", "ken@example.com", "--reason", "x"]);
    expect((await stack.mfactl(["accept", "ken@example.com", ...until])).code).toBe(24);
  });

  it("counts all windows when the acceptances cannot be read, and says so", async () => {
    await accept("2026-02-01");
    stack.aws.endpoint.faults = ({ caller, operation, input }) =>
      caller === "reconcile" && operation === "Query" && JSON.stringify(input).includes("accepted#")
        ? { kind: "refuse", code: "AccessDeniedException", message: "no" }
        : undefined;
    await stack.aws.lambda.invoke("reconcile", {});
    expect(latest("WindowsOverdue")).toBe(1);
    expect(stack.telemetry.lines).toContainEqual(expect.objectContaining({ event: "reconcile-step-failed" }));
  });

  it("believes no acceptance for longer than it can be asked for, and none of the future", async () => {
    const { open } = await stack.find(hanako);
    if (open === undefined) throw new Error("The window has closed.");
    const now = stack.aws.clock.now().getTime();
    const { accepted } = stack;
    for (const at of [now - 90 * day, now + minute]) {
      const entry = {
        sub: hanako.sub,
        dueAt: open.dueAt,
        until: new Date("9999-01-01T00:00:00Z"),
        at: new Date(at),
        by: "x",
      };
      await accepted.put(open.windowId, entry);
      await stack.aws.lambda.invoke("reconcile", {});
      expect(latest("WindowsOverdue")).toBe(1);
    }
  });
});
