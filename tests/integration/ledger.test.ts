import { afterEach, beforeEach, expect, it } from "@jest/globals";
import * as v from "valibot";
import { names } from "../../local/service-names.ts";
import { dynamoLedger, type Ledger } from "../../shared/ledgers/ledger.ts";
import { startLocalWindows, userPoolId } from "../support/local-windows.ts";

const now = new Date("2026-01-15T10:00:00.000Z");
const schema = v.object({ because: v.string() });
let local: Awaited<ReturnType<typeof startLocalWindows>>;
let ledger: Ledger<v.InferOutput<typeof schema>>;

beforeEach(async () => {
  local = await startLocalWindows(now);
  ledger = dynamoLedger(local.documents, names.windowsTable, { name: "accepted", userPoolId, schema });
});
afterEach(() => local.stop());

it("lists entries in the order of their keys, up to the requested number", async () => {
  await ledger.put("b", { because: "second" });
  await ledger.put("a", { because: "first" });
  await ledger.put("c", { because: "third" });
  expect(await ledger.list(2)).toEqual([
    { key: "a", entry: { because: "first" } },
    { key: "b", entry: { because: "second" } },
  ]);
});

it("replaces the entry under the same key, and removes it", async () => {
  await ledger.put("a", { because: "first" }, new Date("2026-01-16T10:00:00.000Z"));
  await ledger.put("a", { because: "second" });
  expect(await ledger.list(10)).toEqual([{ key: "a", entry: { because: "second" } }]);
  await ledger.remove("a");
  expect(await ledger.list(10)).toEqual([]);
});

it("keeps the ledgers of two pools, and of two kinds, apart", async () => {
  await ledger.put("a", { because: "here" });
  const others = [
    dynamoLedger(local.documents, names.windowsTable, { name: "accepted", userPoolId: "eu-west-1_Another00", schema }),
    dynamoLedger(local.documents, names.windowsTable, { name: "failed", userPoolId, schema }),
  ];
  for (const other of others) expect(await other.list(10)).toEqual([]);
});
