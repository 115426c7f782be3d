import { describe, expect, it } from "@jest/globals";
import { VirtualClock } from "../src/virtual-clock.ts";

const start = new Date("2026-01-01T00:00:00.000Z");
const after = (milliseconds: number) => new Date(start.getTime() + milliseconds);

describe("VirtualClock", () => {
  it("runs tasks in order of time, and at the same time in the order of their requests", async () => {
    const clock = new VirtualClock(start);
    const ran: string[] = [];
    const note = (name: string) => () => ran.push(`${name} at +${clock.now().getTime() - start.getTime()}`);
    clock.at(after(20), note("c"));
    clock.at(after(10), note("a"));
    clock.at(after(10), note("b"));
    clock.at(after(31), note("d"));
    await clock.advanceBy(30);
    expect(ran).toEqual(["a at +10", "b at +10", "c at +20"]);
    expect(clock.now()).toEqual(after(30));
  });

  it("does not run a cancelled task", async () => {
    const clock = new VirtualClock(start);
    let ran = false;
    const cancel = clock.at(after(10), () => (ran = true));
    cancel();
    await clock.advanceBy(30);
    expect(ran).toBe(false);
  });

  it("waits for tracked work before it moves on, and wakes work that sleeps", async () => {
    const clock = new VirtualClock(start);
    const seen: string[] = [];
    clock.at(after(10), () => {
      void clock.track(async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        seen.push(`worked until +${clock.now().getTime() - start.getTime()}`);
        await clock.sleep(5);
        seen.push(`slept until +${clock.now().getTime() - start.getTime()}`);
      });
    });
    clock.at(after(12), () => seen.push("next"));
    await clock.advanceBy(30);
    expect(seen).toEqual(["worked until +10", "next", "slept until +15"]);
  });

  it("lets those who waited for ended work act before it moves on", async () => {
    const clock = new VirtualClock(start);
    const seen: string[] = [];
    const waitForWork = async () => {
      await clock.track(() => clock.sleep(10));
      for (let hop = 0; hop < 20; hop += 1) await Promise.resolve();
      seen.push("acted");
    };
    void waitForWork();
    clock.at(after(10), () => seen.push("next"));
    await clock.advanceBy(30);
    expect(seen).toEqual(["acted", "next"]);
  });

  it("never moves backwards", async () => {
    const clock = new VirtualClock(start);
    await clock.advanceTo(after(-1));
    expect(clock.now()).toEqual(start);
  });

  it("waits for the call of one branch while another one sleeps", async () => {
    const clock = new VirtualClock(start);
    const seen: string[] = [];
    const note = (what: string) => seen.push(`${what} at +${clock.now().getTime() - start.getTime()}`);
    const slowCall = () =>
      clock.call(
        () => new Promise((resolve) => setTimeout(resolve, 20)),
        () => false,
      );
    void clock.track(() =>
      Promise.all([
        clock
          .sleep(10)
          .then(slowCall)
          .then(() => note("slept and called")),
        clock
          .sleep(10)
          .then(() => clock.sleep(5))
          .then(() => note("slept twice")),
        slowCall().then(() => note("called")),
      ]),
    );
    clock.at(after(12), () => note("next"));
    await clock.advanceBy(30);
    expect(seen).toEqual(["called at +0", "slept and called at +10", "next at +12", "slept twice at +15"]);
  });

  it("waits for a failed call to be made again while another branch sleeps", async () => {
    const clock = new VirtualClock(start);
    const seen: string[] = [];
    const call = (answer: string) =>
      clock.call(
        async () => answer,
        (result) => result === "failed",
      );
    void clock.track(() =>
      Promise.all([
        clock.sleep(10),
        call("failed")
          .then(() => new Promise((resolve) => setTimeout(resolve, 1)))
          .then(() => call("done"))
          .then((answer) => {
            seen.push(`${answer} at +${clock.now().getTime() - start.getTime()}`);
          }),
      ]),
    );
    await clock.advanceBy(30);
    expect(seen).toEqual(["done at +0"]);
  });
});
