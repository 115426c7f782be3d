import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { day, hour } from "../../shared/config/duration.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { type MfactlStack, start, startMfactlStack, type User } from "../support/mfactl-stack.ts";

let stack: MfactlStack;
let hanako: User;
let ken: User;
let jun: User;

/** Three windows, three hours after they were opened: due in 21 h, in 1 h, and in 7 h. */
beforeEach(async () => {
  stack = await startMfactlStack();
  hanako = await stack.addUser("hanako@example.com");
  ken = await stack.addUser("ken@example.com");
  jun = await stack.addUser("jun@example.com");
  await stack.mfactl(["open", hanako.sub, "--reason", "x"]);
  await stack.mfactl(["open", ken.sub, "--reason", "x", "--for", "4h"]);
  await stack.mfactl(["open", jun.sub, "--reason", "x", "--for", "10h"]);
  await stack.aws.clock.advanceBy(3 * hour);
});
afterEach(() => stack.stop());

const dueTimes = async () => {
  const windows = await Promise.all([hanako, ken, jun].map((user) => stack.find(user)));
  return windows.map(({ open }) => open?.dueAt);
};

const asOpened = () => [plus(start, day), plus(start, 4 * hour), plus(start, 10 * hour)];

describe("mfactl replan", () => {
  it("shows what would move, and moves nothing", async () => {
    const { code, stdout } = await stack.mfactl(["replan", "--grace", "5h"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`${ken.username} +operator +.* 1h later`));
    expect(stdout).toMatch(new RegExp(`${jun.username} +operator +.* 5h earlier`));
    expect(stdout).toMatch(new RegExp(`${hanako.username} +operator +.* 19h earlier`));
    expect(stdout).toContain("3 open windows: 0 would close now, 2 would end earlier, 1 later, 0 would not change.");
    expect(stdout).toContain("No window has moved.");
    expect(await dueTimes()).toEqual(asOpened());
  });

  it("says which configuration line to change for future windows", async () => {
    const { code, stdout } = await stack.mfactl(["replan", "--grace", "1d2h30m", "--apply", "new"]);
    expect(code).toBe(0);
    expect(stdout).toContain("No open window moves.");
    expect(stdout).toContain("gracePeriod: 1d2h30m   # in config/<stage>.yml, then deploy");
    expect(await dueTimes()).toEqual(asOpened());
  });

  it("with shorten lengthens no window, and writes who and why", async () => {
    const shortened = await stack.json("replan", "--grace", "5h", "--apply", "shorten", "--reason", "audit", "--yes");
    expect(shortened).toMatchObject({ moved: 2, gracePeriodSeconds: 18_000 });
    expect(await dueTimes()).toEqual([plus(start, 5 * hour), plus(start, 4 * hour), plus(start, 5 * hour)]);
    expect((await stack.find(hanako)).open?.changes).toMatchObject([
      { kind: "replanned", by: "arn:aws:iam::000000000000:user/local", reason: "audit", dueAt: plus(start, 5 * hour) },
    ]);
    await stack.aws.clock.advanceTo(plus(start, 5 * hour + 60_000));
    expect(await stack.hasEmailMfa(hanako)).toBe(true);
  });

  it("with all also lengthens windows, and closes at once those that the new period has ended", async () => {
    await stack.mfactl(["replan", "--grace", "2h", "--apply", "all", "--reason", "audit"], { answer: "yes" });
    await stack.aws.clock.advanceBy(1000);
    for (const user of [hanako, ken, jun]) expect(await stack.hasEmailMfa(user)).toBe(true);
  });

  it("goes up to the cap", async () => {
    expect((await stack.mfactl(["replan", "--grace", "3d1s"])).code).toBe(26);
    await stack.json("replan", "--grace", "3d", "--apply", "all", "--reason", "x", "--yes");
    expect(await dueTimes()).toEqual([1, 2, 3].map(() => plus(start, 3 * day)));
  });

  it("wants a reason, and a yes", async () => {
    expect((await stack.mfactl(["replan", "--grace", "5h", "--apply", "all"])).code).toBe(2);
    const unanswered = await stack.mfactl(["replan", "--grace", "5h", "--apply", "all", "--reason", "x"]);
    expect(unanswered).toMatchObject({ code: 6, stdout: "" });
    expect(unanswered.stderr).toContain("2 would end earlier, 1 later");
    expect(await dueTimes()).toEqual(asOpened());
  });
});
