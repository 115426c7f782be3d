import { describe, expect, it } from "@jest/globals";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { isRepeatedDrift, needsLook, watch } from "../../shared/windows/seen.ts";

const checkedAt = new Date("2026-01-15T10:00:00.000Z");
const at = (milliseconds: number) => plus(checkedAt, milliseconds);

describe("needsLook", () => {
  it("is true for an unchecked user, even if users are never checked again", () => {
    expect(needsLook(undefined, Infinity, checkedAt)).toBe(true);
    expect(needsLook({}, Infinity, checkedAt)).toBe(true);
    expect(needsLook({ checkedAt }, Infinity, at(400 * day))).toBe(false);
  });
  it.each([
    [-1, false],
    [0, true],
    [1, true],
  ])("looks again when verifyEvery has passed, %d ms: %s", (milliseconds, look) => {
    expect(needsLook({ checkedAt }, 7 * day, at(7 * day + milliseconds))).toBe(look);
  });
  it("is true for every sign-in of a watched user, and not afterwards", () => {
    const watchedUntil = at(watch);
    expect(needsLook({ checkedAt, watchedUntil }, Infinity, at(1))).toBe(true);
    expect(needsLook({ checkedAt, watchedUntil }, Infinity, at(watch - 1))).toBe(true);
    expect(needsLook({ checkedAt, watchedUntil }, Infinity, at(watch))).toBe(false);
  });
  it("ignores a check in the future, beyond the difference between clocks", () => {
    expect(needsLook({ checkedAt: at(4 * minute) }, 7 * day, checkedAt)).toBe(false);
    expect(needsLook({ checkedAt: new Date("9998-01-01T00:00:00.000Z") }, 7 * day, checkedAt)).toBe(true);
    expect(needsLook({ checkedAt: at(hour) }, Infinity, checkedAt)).toBe(true);
  });
  it("believes no watch that is longer than any watch", () => {
    const watchedUntil = new Date("9998-01-01T00:00:00.000Z");
    expect(needsLook({ checkedAt, watchedUntil }, 7 * day, at(1))).toBe(false);
  });
});

describe("isRepeatedDrift", () => {
  it("takes a drift within a month of the last for a repeated one", () => {
    expect(isRepeatedDrift(undefined, checkedAt)).toBe(false);
    expect(isRepeatedDrift({}, checkedAt)).toBe(false);
    expect(isRepeatedDrift({ driftedAt: checkedAt }, at(watch - 1))).toBe(true);
    expect(isRepeatedDrift({ driftedAt: checkedAt }, at(watch))).toBe(false);
  });
});
