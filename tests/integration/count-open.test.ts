import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { names } from "../../local/service-names.ts";
import { day } from "../../shared/config/duration.ts";
import { type DueIndex, dynamoDueIndex } from "../../shared/windows/due-index.ts";
import { startLocalWindows, userPoolId, windowOf } from "../support/local-windows.ts";
import { noRow } from "../support/no-row.ts";

const now = new Date("2026-01-15T10:00:00.000Z");
const goOn = () => true;
let local: Awaited<ReturnType<typeof startLocalWindows>>;
let index: DueIndex;

beforeEach(async () => {
  local = await startLocalWindows(now);
  index = dynamoDueIndex(local.documents, names.windowsTable);
  for (const sub of ["a", "b", "c"]) await local.windows.open(windowOf(sub, now, day), noRow, true);
  await local.windows.noteLook({ userPoolId, sub: "d" }, { checkedAt: now, known: true }, noRow);
});
afterEach(() => local.stop());

it("counts the open windows of the pool and no others", async () => {
  expect(await index.count(userPoolId, {}, 10, goOn)).toEqual({ count: 3, atLeast: false });
  expect(await index.count("eu-west-1_Another00", {}, 10, goOn)).toEqual({ count: 0, atLeast: false });
});

it("stops at the given number, without a further read", async () => {
  const before = local.requests();
  expect(await index.count(userPoolId, {}, 2, goOn)).toEqual({ count: 2, atLeast: true });
  expect(local.requests() - before).toBe(1);
});
