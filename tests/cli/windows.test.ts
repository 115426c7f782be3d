import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { type MfactlStack, start, startMfactlStack, type User } from "../support/mfactl-stack.ts";

const operator = "arn:aws:iam::000000000000:user/local";

let stack: MfactlStack;
let hanako: User;

beforeEach(async () => {
  stack = await startMfactlStack();
  hanako = await stack.addUser("hanako@example.com");
});
afterEach(() => stack.stop());

const open = (...more: string[]) =>
  stack.mfactl(["open", "hanako@example.com", "--reason", "cannot sign in", "--ticket", "HD-1", ...more]);

describe("mfactl open", () => {
  it("switches Email MFA off for the grace period, and says until when", async () => {
    const { code, stdout } = await open();
    expect(code).toBe(0);
    expect(stdout).toContain("until 2026-01-16 10:00:00Z (1d)");
    expect(await stack.hasEmailMfa(hanako)).toBe(false);
  });

  it("records who did it, why and for which ticket, on the window and in what it prints", async () => {
    const environment = { AWS_ACCESS_KEY_ID: "taro" };
    await stack.mfactl(["open", hanako.sub, "--reason", "new phone", "--ticket", "HD-2"], { environment });
    const by = "arn:aws:iam::000000000000:user/taro";
    expect((await stack.find(hanako)).open?.openedBy).toEqual({ at: start, by, reason: "new phone", ticket: "HD-2" });
    const { audit } = await stack.json("extend", hanako.sub, "--by", "1h", "--reason", "ask ken@example.com");
    expect(audit).toEqual([
      expect.objectContaining({ event: "window-extended", sub: hanako.sub, by: operator, reason: "ask …" }),
    ]);
  });

  it("takes a duration of its own, as JSON shows", async () => {
    const { version, window } = await stack.json("open", "hanako@example.com", "--reason", "x", "--for", "2h");
    expect(version).toBe(1);
    expect(window).toMatchObject({
      sub: hanako.sub,
      state: "open",
      origin: "operator",
      dueAt: "2026-01-15T12:00:00.000Z",
      cap: "2026-01-18T10:00:00.000Z",
      secondsLeft: 7200,
      factorsBefore: { active: ["EMAIL_OTP"], preferred: "EMAIL_OTP" },
    });
  });
});

describe("mfactl list", () => {
  it("says so when nobody is exempt", async () => {
    expect((await stack.mfactl(["list"])).stdout).toBe("No window is open: no user is exempt.\n");
  });

  it("shows the windows with the time left as a bar, the first due first", async () => {
    const ken = await stack.addUser("ken@example.com");
    await open();
    await stack.mfactl(["open", ken.sub, "--reason", "x", "--for", "2h"]);
    await stack.aws.clock.advanceBy(hour);
    const [headings, first, second, , summary] = (await stack.mfactl(["list"])).stdout.split("\n");
    expect(headings).toMatch(/^USER +TIME LEFT +DUE +STATE +ORIGIN +OPENED +TICKET$/);
    expect(first).toMatch(new RegExp(`^${ken.username} +█{5}░{5} 1h +2026-01-15 12:00:00Z +open +operator`));
    expect(second).toMatch(new RegExp(`^${hanako.username} +█{10} 23h .* HD-1$`));
    expect(summary).toBe("2 open windows");
  });

  it("keeps to those due within a time, or overdue", async () => {
    const ken = await stack.addUser("ken@example.com");
    await open();
    await stack.mfactl(["open", ken.sub, "--reason", "x", "--for", "2h"]);
    const within = async (duration: string) => (await stack.json("list", "--due-within", duration)).windows;
    expect(await within("119m")).toEqual([]);
    expect(await within("2h")).toEqual([expect.objectContaining({ sub: ken.sub })]);
    stack.refuseReEnables();
    await stack.aws.clock.advanceTo(plus(start, 2 * hour + 15 * minute));
    expect((await stack.json("list", "--overdue")).windows).toEqual([]);
    await stack.aws.clock.advanceBy(1);
    const { windows, overdue } = await stack.json("list", "--overdue");
    expect(windows).toEqual([expect.objectContaining({ sub: ken.sub, state: "overdue" })]);
    expect(overdue).toBe(1);
  });
});

describe("mfactl show", () => {
  it("shows the user, the open window with its timeline, and what was before", async () => {
    await open();
    await stack.mfactl(["close", "hanako@example.com", "--yes"]);
    await stack.aws.clock.advanceBy(day);
    await open("--for", "2h");
    const { code, stdout } = await stack.mfactl(["show", "hanako@example.com"]);
    expect(code).toBe(0);
    expect(stdout).toContain("h***@example.com · CONFIRMED");
    expect(stdout).toContain("Email MFA off · no factor · exempt");
    expect(stdout).toContain(`Z  opened, operator by ${operator}, “cannot sign in” (HD-1)`);
    expect(stdout).toMatch(/Last closed window w1[^]*close requested by arn[^]*closed, re-enabled/);
    expect(stdout).toMatch(/operator +re-enabled +\[\] → \[EMAIL_OTP\]/);
  });

  it("shows the history with its evidence as JSON, the newest first", async () => {
    for (const _ of [1, 2]) {
      await open();
      await stack.mfactl(["close", "hanako@example.com", "--yes"]);
      await stack.aws.clock.advanceBy(day);
    }
    const { user, open: window, history, seen } = await stack.json("show", hanako.sub);
    expect(user).toMatchObject({ sub: hanako.sub, email: "h***@example.com", factors: { active: ["EMAIL_OTP"] } });
    expect(window).toBeUndefined();
    expect(seen).toMatchObject({ known: true });
    expect(history).toMatchObject([
      { windowId: "w2", outcome: "re-enabled", evidence: { before: { active: [] }, after: { active: ["EMAIL_OTP"] } } },
      { windowId: "w1" },
    ]);
  });
});

describe("mfactl extend", () => {
  it("moves the end, and puts who and why on the window", async () => {
    await open();
    const { code, stdout } = await stack.mfactl(["extend", hanako.sub, "--by", "2h", "--reason", "mail is down"]);
    expect(code).toBe(0);
    expect(stdout).toContain("due 2026-01-16 12:00:00Z; its cap is 2026-01-18 10:00:00Z");
    expect((await stack.find(hanako)).open?.changes).toMatchObject([
      { kind: "extended", by: operator, reason: "mail is down", dueAt: plus(start, day + 2 * hour) },
    ]);
  });

  it("goes up to the cap, and refuses a second more", async () => {
    await open();
    const past = await stack.mfactl(["extend", hanako.sub, "--by", "2d1s"]);
    expect(past.code).toBe(22);
    expect(past.stderr).toContain("Extend it by 2d at most.");
    expect((await stack.find(hanako)).open?.dueAt).toEqual(plus(start, day));
    expect((await stack.mfactl(["extend", hanako.sub, "--by", "2d"])).code).toBe(0);
  });

  it("refuses a window that is not open, and a length of none", async () => {
    expect((await stack.mfactl(["extend", hanako.sub, "--by", "1h"])).code).toBe(21);
    expect((await stack.mfactl(["extend", hanako.sub, "--by", "0"])).code).toBe(26);
  });
});

describe("mfactl close", () => {
  it("switches Email MFA on, waits for the proof, and shows it", async () => {
    await open();
    const { code, stdout } = await stack.mfactl(["close", hanako.sub, "--reason", "done"], { answer: "yes" });
    expect(code).toBe(0);
    expect(stdout).toContain("Email MFA is on again, verified ([] → [EMAIL_OTP])");
    expect(await stack.hasEmailMfa(hanako)).toBe(true);
    const { open: still, lastClosed } = await stack.find(hanako);
    expect(still).toBeUndefined();
    expect(lastClosed).toMatchObject({ outcome: "re-enabled", closeAsked: { by: operator, reason: "done" } });
  });

  it.each([
    ["the answer is no", { answer: "no" }],
    ["nobody can be asked", {}],
  ])("does nothing when %s", async (_, given) => {
    await open();
    const before = await stack.find(hanako);
    const { code } = await stack.mfactl(["close", hanako.sub], given);
    expect(code).toBe(6);
    expect(await stack.find(hanako)).toEqual(before);
  });

  it("says so when the proof does not come, and the service goes on trying", async () => {
    await open();
    stack.refuseReEnables();
    const { code, stderr } = await stack.mfactl(["close", hanako.sub, "--yes"]);
    expect(code).toBe(7);
    expect(stderr).toContain("The service tries again automatically, next at 2026-01-15 10:00:3");
    expect((await stack.mfactl(["extend", hanako.sub, "--by", "1h"])).code).toBe(23);
    stack.healReEnables();
    await stack.aws.clock.advanceBy(minute);
    expect(await stack.hasEmailMfa(hanako)).toBe(true);
  });

  it("closes the window of a user who was deleted, named by sub", async () => {
    await open();
    await stack.cognito.adminDeleteUser({ UserPoolId: stack.userPoolId, Username: hanako.username });
    expect((await stack.mfactl(["show", hanako.sub])).stdout).toContain("the user no longer exists · exempt");
    const { code, stderr } = await stack.mfactl(["close", hanako.sub, "--yes"]);
    expect(code).toBe(7);
    expect(stderr).toContain("Cognito has no user");
    await stack.aws.clock.advanceBy(6 * minute);
    expect((await stack.mfactl(["show", hanako.sub])).stdout).toContain("closed, user-gone");
  });
});

describe("mfactl retry", () => {
  it("has a failing window tried again now, and waits for the proof", async () => {
    await open("--for", "1h");
    stack.refuseReEnables();
    await stack.aws.clock.advanceBy(2 * hour);
    expect((await stack.find(hanako)).open?.attempts).toBeGreaterThan(3);
    stack.healReEnables();
    const { code, stdout } = await stack.mfactl(["retry", "hanako@example.com", "--reason", "mended"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Email MFA is on again, verified");
    expect((await stack.find(hanako)).lastClosed?.changes).toMatchObject([{ kind: "retried", reason: "mended" }]);
  });

  it("refuses a window that is not due yet, or not open", async () => {
    expect((await stack.mfactl(["retry", hanako.sub])).code).toBe(21);
    await open();
    expect((await stack.mfactl(["retry", hanako.sub])).code).toBe(24);
  });

  it("takes all that are overdue, and no other", async () => {
    const ken = await stack.addUser("ken@example.com");
    const jun = await stack.addUser("jun@example.com");
    await open();
    for (const { sub } of [ken, jun]) await stack.mfactl(["open", sub, "--reason", "x", "--for", "1h"]);
    stack.refuseReEnables();
    await stack.aws.clock.advanceBy(2 * hour);
    stack.healReEnables();
    expect(await stack.json("retry", "--all-overdue")).toMatchObject({ overdue: 2, asked: 2 });
    await stack.aws.clock.advanceBy(1000);
    expect(await stack.hasEmailMfa(ken)).toBe(true);
    expect(await stack.hasEmailMfa(jun)).toBe(true);
    expect(await stack.hasEmailMfa(hanako)).toBe(false);
    expect((await stack.mfactl(["retry", "--all-overdue"])).stdout).toBe("No window is overdue.\n");
  });

  it("wants one user or all, not both and not neither", async () => {
    expect((await stack.mfactl(["retry"])).code).toBe(2);
    expect((await stack.mfactl(["retry", hanako.sub, "--all-overdue"])).code).toBe(2);
  });
});
