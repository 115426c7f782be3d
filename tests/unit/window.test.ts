import { describe, expect, it } from "@jest/globals";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { plus } from "../../shared/runtime/instants.ts";
import {
  askToClose,
  extendWindow,
  replannedDueAt,
  replanWindow,
  retryWindow,
} from "../../shared/windows/operator-acts.ts";
import { noteFailure } from "../../shared/windows/tries.ts";
import { hasNoted, noteFact, withFact } from "../../shared/windows/window-facts.ts";
import { type Fact, isDue, isOverdue, openWindow, originOf, type Window } from "../../shared/windows/window.ts";

const openedAt = new Date("2026-01-15T10:00:00.000Z");
const policy = { maxWindow: 3 * day, closeOnSignIn: false };
const at = (milliseconds: number) => plus(openedAt, milliseconds);

const aWindow = (changes: Partial<Window> = {}): Window => ({
  ...openWindow({
    windowId: "w1",
    user: { userPoolId: "r_P", sub: "s1", username: "u1", factors: { active: [] } },
    origin: "reset-requested",
    at: openedAt,
    gracePeriod: day,
    policy,
    now: openedAt,
  }),
  ...changes,
});

const aFact = (kind: Fact["kind"], milliseconds: number, id = `${kind}@${milliseconds}`): Fact => ({
  id,
  kind,
  at: at(milliseconds),
});

describe("openWindow", () => {
  it("is due a grace period after it was opened", () => {
    expect(aWindow()).toMatchObject({ openedAt, dueAt: at(day), cap: at(3 * day), attempts: 0, version: 1 });
  });

  it("does not believe a fact that lies in the future", () => {
    const window = openWindow({
      windowId: "w1",
      user: { userPoolId: "r_P", sub: "s1", username: "u1", factors: { active: [] } },
      origin: "drift",
      at: at(hour),
      gracePeriod: day,
      policy,
      now: openedAt,
    });
    expect(window.openedAt).toEqual(openedAt);
  });

  it("is due at its cap when the grace period is longer", () => {
    const window = openWindow({
      windowId: "w1",
      user: { userPoolId: "r_P", sub: "s1", username: "u1", factors: { active: [] } },
      origin: "operator",
      at: openedAt,
      gracePeriod: 4 * day,
      policy,
      now: openedAt,
    });
    expect(window.dueAt).toEqual(at(3 * day));
  });
});

describe("originOf", () => {
  const inScope = { known: false, inScope: true };
  it("opens for a requested and for a confirmed reset of a user who is known, or whom the policy enrols", () => {
    for (const kind of ["reset-requested", "reset-confirmed"] as const) {
      expect(originOf({ kind }, { known: true, inScope: true }, { enrol: false })).toBe(kind);
      expect(originOf({ kind }, inScope, { enrol: true })).toBe(kind);
    }
  });
  it.each(["reset-requested", "reset-confirmed", "signed-in"] as const)(
    "opens nothing for a user who never had Email MFA, whom the policy does not enrol: %s",
    (kind) => expect(originOf({ kind }, inScope, { enrol: false })).toBe("never-known"),
  );
  it("opens nothing out of scope", () => {
    expect(originOf({ kind: "reset-confirmed" }, { known: true, inScope: false }, { enrol: true })).toBe(
      "out-of-scope",
    );
  });
  it("calls a sign-in without MFA drift when the user is known", () => {
    expect(originOf({ kind: "signed-in" }, { known: true, inScope: true }, { enrol: false })).toBe("drift");
  });
  it("takes a user who was never known only when the policy enrols", () => {
    expect(originOf({ kind: "signed-in" }, inScope, { enrol: true })).toBe("enrol");
  });
});

describe("noteFact", () => {
  const note = (window: Window, fact: Fact, closeOnSignIn = false) =>
    noteFact(window, fact, { closeOnSignIn }, fact.at);

  it("never moves the end for a request", () => {
    const window = note(note(aWindow(), aFact("reset-requested", hour)), aFact("reset-requested", 2 * day));
    expect(window.dueAt).toEqual(at(day));
    expect(window.counts["reset-requested"]).toBe(2);
  });

  it.each([
    [-1, at(day)],
    [0, at(day)],
    [1, at(day + 1)],
    [hour, at(day + hour)],
    [2 * day - 1, at(3 * day - 1)],
    [2 * day, at(3 * day)],
    [2 * day + 1, at(3 * day)],
  ])("moves the end to a grace period after a reset confirmed at %d ms, up to the cap", (milliseconds, dueAt) => {
    expect(note(aWindow(), aFact("reset-confirmed", milliseconds)).dueAt).toEqual(dueAt);
  });

  it("reaches the same end for any order of resets", () => {
    const resets = [
      aFact("reset-confirmed", hour),
      aFact("reset-confirmed", 3 * hour),
      aFact("reset-confirmed", 2 * hour),
    ];
    const ends = [resets, resets.toReversed()].map(
      (order) => order.reduce((window, fact) => note(window, fact), aWindow()).dueAt,
    );
    expect(ends).toEqual([at(day + 3 * hour), at(day + 3 * hour)]);
  });

  it("does not believe a reset that lies in the future", () => {
    const window = noteFact(aWindow(), aFact("reset-confirmed", 2 * day), { closeOnSignIn: false }, at(hour));
    expect(window.dueAt).toEqual(at(day + hour));
  });

  it("counts sign-ins and keeps their time, and leaves the end alone", () => {
    const window = note(aWindow(), aFact("signed-in", hour));
    expect(window).toMatchObject({
      dueAt: at(day),
      counts: { "signed-in": 1 },
      facts: [{ kind: "signed-in", at: at(hour) }],
    });
  });

  it("keeps the newest 50 facts and counts all", () => {
    let window = aWindow();
    for (let count = 1; count <= 60; count += 1) window = note(window, aFact("reset-requested", count));
    expect(window.facts).toHaveLength(50);
    expect(window.facts.at(-1)?.at).toEqual(at(60));
    expect(window.counts["reset-requested"]).toBe(60);
    expect(hasNoted(window, aFact("reset-requested", 60))).toBe(true);
  });

  describe("where sign-ins close", () => {
    it("is due at the sign-in after a confirmed reset", () => {
      const window = note(note(aWindow(), aFact("reset-confirmed", hour), true), aFact("signed-in", 2 * hour), true);
      expect(window).toMatchObject({ dueAt: at(2 * hour), closeAsked: { by: "sign-in" } });
    });
    it("is also due when the reset arrives after the sign-in that followed it", () => {
      const reset = aFact("reset-confirmed", hour);
      const window = noteFact(
        note(aWindow(), aFact("signed-in", 2 * hour), true),
        reset,
        { closeOnSignIn: true },
        at(3 * hour),
      );
      expect(window).toMatchObject({ dueAt: at(3 * hour), closeAsked: { by: "sign-in" } });
    });
    it("is not due at a sign-in before the reset", () => {
      const window = note(note(aWindow(), aFact("signed-in", hour), true), aFact("reset-confirmed", 2 * hour), true);
      expect(window.dueAt).toEqual(at(day + 2 * hour));
      expect(window.closeAsked).toBeUndefined();
    });
  });

  it("resets the tries when the end moves, and not otherwise", () => {
    const failing = aWindow({ attempts: 3, nextTryAt: at(day + hour) });
    expect(note(failing, aFact("reset-confirmed", hour))).toMatchObject({ attempts: 0, nextTryAt: undefined });
    expect(note(failing, aFact("reset-requested", hour))).toMatchObject({ attempts: 3, nextTryAt: at(day + hour) });
  });
});

describe("askToClose", () => {
  it("brings the end forward to now, and nothing moves it back", () => {
    const closing = askToClose(aWindow(), { at: at(hour), by: "arn:operator" });
    expect(closing).toMatchObject({ dueAt: at(hour), closeAsked: { by: "arn:operator" } });
    expect(noteFact(closing, aFact("reset-confirmed", 2 * hour), policy, at(2 * hour)).dueAt).toEqual(at(hour));
  });

  it("leaves an end that has passed, and lets the next try come now", () => {
    const overdue = askToClose(aWindow({ nextTryAt: at(3 * day) }), { at: at(2 * day), by: "arn:operator" });
    expect(overdue).toMatchObject({ dueAt: at(day), nextTryAt: undefined });
  });
});

describe("extendWindow", () => {
  const act = { at: at(hour), by: "arn:operator" };
  it("moves the end by the requested time, up to the cap", () => {
    expect(extendWindow(aWindow(), 2 * day - 1, act)?.dueAt).toEqual(at(3 * day - 1));
    expect(extendWindow(aWindow(), 2 * day, act)).toMatchObject({
      dueAt: at(3 * day),
      changes: [{ ...act, kind: "extended", dueAt: at(3 * day) }],
    });
  });
  it("refuses an extension past the cap, and does not shorten it", () => {
    expect(extendWindow(aWindow(), 2 * day + 1, act)).toBeUndefined();
  });
});

describe("retryWindow", () => {
  it("lets the next try come now, without forgetting the tries before", () => {
    const act = { at: at(2 * day), by: "arn:operator" };
    const retried = retryWindow(aWindow({ attempts: 3, nextTryAt: at(3 * day) }), act);
    expect(retried).toMatchObject({ attempts: 3, nextTryAt: undefined, changes: [{ ...act, kind: "retried" }] });
  });
});

describe("replannedDueAt", () => {
  it("counts from the opening, and from a confirmed reset once there is one", () => {
    expect(replannedDueAt(aWindow(), 2 * hour, at(hour))).toEqual(at(2 * hour));
    const facts = [aFact("reset-confirmed", hour), aFact("signed-in", 2 * hour)];
    const reset = facts.reduce(withFact, aWindow());
    expect(replannedDueAt(reset, 5 * hour, at(2 * hour))).toEqual(at(6 * hour));
  });

  it.each([
    [-1, 2 * hour],
    [0, 2 * hour],
    [1, 2 * hour + 1],
  ])("is not before now: now %d ms after the new end", (late, dueAt) => {
    expect(replannedDueAt(aWindow(), 2 * hour, at(2 * hour + late))).toEqual(at(dueAt));
  });

  it.each([
    [-1, 3 * day - 1],
    [0, 3 * day],
    [1, 3 * day],
  ])("is not past the cap: %d ms beyond it", (beyond, dueAt) => {
    expect(replannedDueAt(aWindow(), 3 * day + beyond, at(hour))).toEqual(at(dueAt));
  });

  it.each([
    [-1, at(3 * day)],
    [0, undefined],
    [1, undefined],
  ])("leaves alone what is due: now %d ms after due", (late, dueAt) => {
    expect(replannedDueAt(aWindow(), 3 * day, at(day + late))).toEqual(dueAt);
  });

  it("does not change a window with a request to close", () => {
    const closing = { ...aWindow(), closeAsked: { at: at(hour), by: "arn:operator" } };
    expect(replannedDueAt(closing, 2 * hour, at(hour))).toBeUndefined();
  });
});

describe("replanWindow", () => {
  const act = { at: at(hour), by: "arn:operator", reason: "audit" };

  it.each([
    [-1, day - 1],
    [0, day],
    [1, day],
  ])("with shorten never lengthens: grace period %d ms from what it was", (difference, gracePeriod) => {
    const replanned = replanWindow(aWindow(), day + difference, "shorten", act);
    expect(replanned).toMatchObject({ dueAt: at(gracePeriod), gracePeriod });
  });

  it("with all lengthens too, and writes who and why on the window", () => {
    expect(replanWindow(aWindow(), 2 * day, "all", act)).toMatchObject({
      dueAt: at(2 * day),
      gracePeriod: 2 * day,
      changes: [{ ...act, kind: "replanned", dueAt: at(2 * day) }],
    });
  });

  it("returns the same window when nothing changes", () => {
    const window = aWindow();
    expect(replanWindow(window, day, "all", act)).toBe(window);
    expect(replanWindow(window, 2 * day, "shorten", act)).toBe(window);
  });
});

describe("isDue", () => {
  it.each([
    [-1, false],
    [0, true],
    [1, true],
  ])("at due %d ms: %s", (milliseconds, due) => {
    expect(isDue(aWindow(), at(day + milliseconds))).toBe(due);
  });
});

describe("isOverdue", () => {
  it.each([
    [-1, false],
    [0, false],
    [1, true],
  ])("at due plus tolerance %d ms: %s", (milliseconds, overdue) => {
    expect(isOverdue(aWindow(), 15 * minute, at(day + 15 * minute + milliseconds))).toBe(overdue);
  });
});

describe("noteFailure", () => {
  it("pauses longer after every failure, up to an hour, and never gives up", () => {
    const pauses: number[] = [];
    let window = aWindow();
    for (let count = 0; count < 10; count += 1) {
      window = noteFailure(window, { error: "TooManyRequestsException", detail: "Too many requests" }, at(day));
      pauses.push((window.nextTryAt?.getTime() ?? NaN) - at(day).getTime());
    }
    expect(pauses.map((pause) => pause / 1000)).toEqual([30, 60, 120, 240, 480, 900, 900, 900, 900, 900]);
    expect(window).toMatchObject({ attempts: 10, lastFailure: { error: "TooManyRequestsException", at: at(day) } });
  });
});
