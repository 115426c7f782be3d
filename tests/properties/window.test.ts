import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { day, minute } from "../../shared/config/duration.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { askToClose, extendWindow } from "../../shared/windows/operator-acts.ts";
import { noteFailure } from "../../shared/windows/tries.ts";
import { noteFact } from "../../shared/windows/window-facts.ts";
import { openAttributes, rowFrom } from "../../shared/windows/window-items.ts";
import { type Fact, openWindow, type Window } from "../../shared/windows/window.ts";

const start = new Date("2026-03-01T00:00:00.000Z");
const instant = fc.integer({ min: -2 * day, max: 10 * day }).map((milliseconds) => plus(start, milliseconds));
const factOf = (kinds: Fact["kind"][]) =>
  fc.record({ id: fc.uuid(), kind: fc.constantFrom(...kinds), at: instant, now: instant });
const opened = fc
  .record({ grace: fc.integer({ min: 0, max: 5 * day }), maxWindow: fc.integer({ min: 0, max: 5 * day }) })
  .map(({ grace, maxWindow }) =>
    openWindow({
      windowId: "w",
      user: { userPoolId: "r_P", sub: "s", username: "u", factors: { active: [] } },
      origin: "reset-requested",
      at: start,
      gracePeriod: grace,
      policy: { maxWindow },
      now: start,
    }),
  );

type Step = (window: Window) => Window;
const policy = { closeOnSignIn: false };
const step: fc.Arbitrary<Step> = fc.oneof(
  factOf(["reset-requested", "reset-confirmed", "signed-in"]).map(
    ({ now, ...fact }): Step =>
      (window) =>
        noteFact(window, fact, policy, now),
  ),
  fc.record({ by: fc.integer({ min: 0, max: 3 * day }), at: instant }).map(
    ({ by, at }): Step =>
      (window) =>
        extendWindow(window, by, { at, by: "op" }) ?? window,
  ),
  instant.map(
    (now): Step =>
      (window) =>
        noteFailure(window, { error: "E", detail: "" }, now),
  ),
);

describe("a window", () => {
  it("never passes its cap, for any events in any order and by any clocks", () => {
    fc.assert(
      fc.property(opened, fc.array(step, { maxLength: 80 }), (window, steps) => {
        const end = steps.reduce((current, next) => next(current), window);
        expect(end.cap).toEqual(window.cap);
        expect(end.dueAt <= end.cap).toBe(true);
        expect(end.dueAt >= window.dueAt).toBe(true);
      }),
    );
  });

  it("is not moved by any flood of requests and sign-ins", () => {
    const flood = fc.array(factOf(["reset-requested", "signed-in"]), { maxLength: 200 });
    fc.assert(
      fc.property(opened, flood, (window, facts) => {
        const end = facts.reduce((current, { now, ...fact }) => noteFact(current, fact, policy, now), window);
        expect(end.dueAt).toEqual(window.dueAt);
        expect(end.facts.length).toBeLessThanOrEqual(50);
        expect(end.counts["reset-requested"] + end.counts["signed-in"]).toBe(facts.length);
      }),
    );
  });

  it("never moves after a request to close it", () => {
    fc.assert(
      fc.property(opened, instant, fc.array(factOf(["reset-confirmed", "signed-in"])), (window, at, facts) => {
        const asked = askToClose(window, { at, by: "op" });
        const end = facts.reduce((current, { now, ...fact }) => noteFact(current, fact, policy, now), asked);
        expect(end.dueAt).toEqual(asked.dueAt);
        expect(end.dueAt <= window.dueAt).toBe(true);
      }),
    );
  });

  it("is tried again within a quarter of an hour, however often it failed", () => {
    fc.assert(
      fc.property(opened, fc.nat(200), instant, (window, attempts, now) => {
        const { nextTryAt } = noteFailure({ ...window, attempts }, { error: "E", detail: "" }, now);
        const pause = (nextTryAt?.getTime() ?? NaN) - now.getTime();
        expect(pause).toBeGreaterThanOrEqual(30_000);
        expect(pause).toBeLessThanOrEqual(15 * minute);
      }),
    );
  });

  it("is the same after the table, for any username, operator, act and reason", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("#", "\n", "'\"", "x".repeat(20_000)));
    fc.assert(
      fc.property(opened, text, text, text, (window, username, by, reason) => {
        const written = { ...window, username, openedBy: { at: start, by, reason } };
        expect(rowFrom(JSON.parse(JSON.stringify(openAttributes(written)))).open).toEqual(written);
      }),
    );
  });
});
