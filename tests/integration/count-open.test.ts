import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { day } from "../../shared/duration.ts";
import { startLocalWindows, userPoolId, windowOf } from "../support/local-windows.ts";

const now = new Date("2026-01-15T10:00:00.000Z");
let local: Awaited<ReturnType<typeof startLocalWindows>>;

beforeEach(async () => {
  local = await startLocalWindows(now);
  for (const sub of ["a", "b", "c"]) await local.windows.open(windowOf(sub, now, day));
  await local.windows.noteLook({ userPoolId, sub: "d" }, { checkedAt: now, known: true });
});
afterEach(() => local.stop());

it("counts the open windows of the pool and no others", async () => {
  expect(await local.windows.countOpen(userPoolId, 10)).toBe(3);
  expect(await local.windows.countOpen("eu-west-1_Another00", 10)).toBe(0);
});

it("stops at the number it was given, without a further read", async () => {
  const before = local.requests();
  expect(await local.windows.countOpen(userPoolId, 2)).toBe(2);
  expect(local.requests() - before).toBe(1);
});
