import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import { alarm } from "../../events/alarm.ts";
import { cognitoTrigger } from "../../events/cognito-trigger.ts";
import { digest } from "../../events/digest.ts";
import { due } from "../../events/due.ts";
import { record } from "../../events/record.ts";

const folder = new URL("../../events/samples/", import.meta.url);
const contracts: [string, v.GenericSchema][] = [
  ["record.", record],
  ["due.", due],
  ["digest.", digest],
  ["cognito.", cognitoTrigger],
  ["cloudwatch.", alarm],
];

describe("the samples of events", () => {
  it.each(readdirSync(folder))("%s fulfils its contract", (file) => {
    const [, schema] = contracts.find(([prefix]) => file.startsWith(prefix)) ?? [];
    const sample: unknown = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
    expect(schema !== undefined && v.is(schema, sample)).toBe(true);
  });

  it.each(readdirSync(folder).filter((file) => !/^(cognito|cloudwatch)\./.test(file)))(
    "%s is refused with a field more, a field less, or another version",
    (file) => {
      const [, schema] = contracts.find(([prefix]) => file.startsWith(prefix)) ?? [];
      const sample = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Record<string, unknown>;
      const variants = [
        { ...sample, more: 1 },
        { ...sample, version: 2 },
        ...Object.keys(sample).map((key) =>
          Object.fromEntries(Object.entries(sample).filter(([name]) => name !== key)),
        ),
      ];
      expect(variants.filter((variant) => schema === undefined || v.is(schema, variant))).toEqual([]);
    },
  );
});
