import { describe, expect, it } from "@jest/globals";
import { setTimeout } from "node:timers/promises";
import { lazyTelemetry } from "../../shared/telemetry/lazy-telemetry.ts";

const setUp = () => {
  const told: string[] = [];
  const tell = (kind: string) => (what: string) => void told.push(`${kind} ${what}`);
  const state = { loads: 0, fails: false };
  const telemetry = lazyTelemetry(async () => {
    state.loads += 1;
    if (state.fails) throw new Error("cannot load");
    return {
      log: { info: tell("info"), warn: tell("warn"), error: tell("error") },
      metrics: { add: tell("metric") },
      flush: async () => void told.push("flush"),
    };
  });
  return { telemetry, told, state };
};

describe("lazyTelemetry", () => {
  it("loads nothing while there is nothing to log", async () => {
    const { telemetry, told, state } = setUp();
    await telemetry.flush();
    expect([state.loads, told]).toEqual([0, []]);
  });

  it("loads once, and logs everything in order before flush ends", async () => {
    const { telemetry, told, state } = setUp();
    telemetry.log.info("a");
    telemetry.metrics.add("Recorded", 1);
    telemetry.log.warn("b");
    telemetry.log.error("c");
    await telemetry.flush();
    telemetry.log.info("d");
    await telemetry.flush();
    expect(told).toEqual(["info a", "metric Recorded", "warn b", "error c", "flush", "info d", "flush"]);
    expect(state.loads).toBe(1);
  });

  it("reports errors in flush, and loads again for the next line", async () => {
    const { telemetry, told, state } = setUp();
    state.fails = true;
    telemetry.log.info("a");
    await setTimeout(1);
    await expect(telemetry.flush()).rejects.toThrow("cannot load");
    state.fails = false;
    telemetry.log.info("b");
    await telemetry.flush();
    expect(told).toEqual(["info b", "flush"]);
  });
});
