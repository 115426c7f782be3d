import { describe, expect, it } from "@jest/globals";
import { day, minute } from "../../shared/config/duration.ts";
import { acceptedAt } from "../../shared/ledgers/accepted-windows.ts";
import { plus } from "../../shared/runtime/instants.ts";

const now = new Date("2026-01-15T10:00:00.000Z");
const ref = { windowId: "w1" };
const accepted = (at: number, until: number) =>
  acceptedAt(
    [{ key: "w1", entry: { sub: "sub", dueAt: now, by: "x", at: plus(now, at), until: plus(now, until) } }],
    now,
  );

describe("acceptedAt", () => {
  it.each([
    ["holds", -day, minute, true, false],
    ["ended just now", -day, 0, false, true],
    ["ended since the last run", -day, -minute, false, true],
    ["ended with the last run", -day, -5 * minute, false, false],
    ["begins later", minute, day, false, false],
    ["ended after ninety days, whatever it says", -90 * day - minute, 100 * day, false, true],
  ])("knows one that %s", (_, at, until, has, hasEnded) => {
    const known = accepted(at, until);
    expect([known.has(ref), known.hasEndedSince(ref, plus(now, -5 * minute))]).toEqual([has, hasEnded]);
    expect(known.cases).toHaveLength(has ? 1 : 0);
  });

  it("knows nothing of other windows", () => {
    const known = accepted(-day, day);
    expect([known.has({ windowId: "w2" }), known.hasEndedSince({ windowId: "w2" }, now)]).toEqual([false, false]);
  });
});
