import { describe, expect, it } from "@jest/globals";
import { minute } from "../../shared/config/duration.ts";
import { measureBurst } from "../../simulation/burst/measure-burst.ts";

describe("a burst of windows due in the same minute", () => {
  it("is drained at 95 % of the configured rate or more, without loss and without throttling", async () => {
    const figures = await measureBurst({ users: 400, rate: 20, outage: 0 });
    expect(figures.lost).toBe(0);
    expect(figures.reached).toBeGreaterThanOrEqual(0.95 * 20);
    expect(figures.reached).toBeLessThanOrEqual(1.05 * 20);
    expect(figures.throttled).toBeLessThan(0.01);
    expect(figures.freshReset).toBeLessThan(1000);
  }, 180_000);

  it("survives Cognito down in the middle with bounded work and an alarm", async () => {
    const users = 60;
    const figures = await measureBurst({ users, rate: 10, outage: 40 * minute });
    expect(figures.lost).toBe(0);
    expect(figures.callsWhileDown).toBeLessThan((2 * users) / 60);
    expect(figures.alarmed).toBe(true);
    expect(figures.freshReset).toBeLessThan(1000);
  }, 180_000);
});
