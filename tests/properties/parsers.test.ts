import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { due } from "../../events/due.ts";
import { record } from "../../events/record.ts";
import { day, formatDuration, hour, minute, parseDuration } from "../../shared/config/duration.ts";
import { parsePolicy, policyFromEnvironment, policyParameters } from "../../shared/config/policy.ts";
import { SettingsError } from "../../shared/config/settings.ts";
import { createBatchHandler } from "../../shared/queues/sqs-batch.ts";
import { aBatch, withTimeLeft } from "../support/messages.ts";
import { silent } from "../support/silent-telemetry.ts";

describe("parseDuration", () => {
  it("reads whole units, however written, as their sum", () => {
    const amount = fc.nat(999);
    fc.assert(
      fc.property(amount, amount, amount, amount, (days, hours, minutes, seconds) => {
        const sum = days * day + hours * hour + minutes * minute + seconds * 1000;
        expect(parseDuration(`${days}d${hours}h${minutes}m${seconds}s`)).toBe(sum);
        expect(parseDuration(`P${days}DT${hours}H${minutes}M${seconds}S`)).toBe(sum);
      }),
    );
  });

  it("returns undefined or a whole number of milliseconds for any text, and never a negative one", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+ 0-9PTDHMSdhms.]{0,12}$/)), (text) => {
        const parsed = parseDuration(text);
        expect(parsed === undefined || (Number.isSafeInteger(parsed) && parsed >= 0)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("parses what formatDuration writes for one unit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 23 }), fc.constantFrom(1000, minute, hour, day), (amount, unit) => {
        expect(parseDuration(formatDuration(amount * unit))).toBe(amount * unit);
      }),
    );
  });
});

describe("the policy", () => {
  const names = Object.keys(policyParameters);
  const value = fc.option(
    fc.oneof(
      fc.constantFrom(
        "0",
        "1d",
        "P1D",
        "3d",
        "31d",
        "-1h",
        "true",
        "all",
        "known",
        "never",
        "25",
        "26",
        "observe",
        "ja",
      ),
      fc.string(),
    ),
    { nil: undefined },
  );

  it("is within its bounds, or refused with every fault named", () => {
    fc.assert(
      fc.property(fc.record(Object.fromEntries(names.map((name) => [name, value]))), (parameters) => {
        try {
          const policy = parsePolicy(parameters);
          expect(policy.gracePeriod).toBeLessThanOrEqual(policy.maxWindow);
          expect(policy.maxWindow).toBeLessThanOrEqual(30 * day);
          expect(policy.reEnableRate).toBeGreaterThanOrEqual(1);
          expect(policy.reEnableRate).toBeLessThanOrEqual(25);
          expect(policy.overdueTolerance).toBeGreaterThanOrEqual(5 * minute);
          expect(policy.verifyEvery).toBeGreaterThanOrEqual(hour);
        } catch (error) {
          expect(error).toBeInstanceOf(SettingsError);
          expect(names.some((name) => (error as Error).message.includes(name))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("takes any environment, and reads its own variables and no others", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (environment) => {
        const others = Object.fromEntries(Object.entries(environment).filter(([name]) => !/^[A-Z_]+$/.test(name)));
        expect(policyFromEnvironment(others)).toEqual(parsePolicy({}));
      }),
    );
  });

  it("takes a group by any name that Cognito takes", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,64}$/u), (group) => {
        expect(parsePolicy({ scope: `group:${group}` }).scope).toEqual({ kind: "group", group });
      }),
    );
  });
});

describe("a batch of messages", () => {
  const fact = {
    version: 1,
    id: "1",
    kind: "signed-in",
    at: "2026-03-01T00:00:00.000Z",
    userPoolId: "us-east-1_Pool",
    sub: "s",
    username: "u",
  };
  const dueOne = { ...fact, windowId: "w", dueAt: fact.at, attempt: 0 };
  const twisted = fc
    .tuple(fc.constantFrom(fact, dueOne), fc.constantFrom(...Object.keys(fact), "more"), fc.jsonValue())
    .map(([message, name, value]) => JSON.stringify({ ...message, [name]: value }));
  const body = fc.oneof(fc.string({ unit: "binary" }), fc.json(), twisted, fc.constant(JSON.stringify(fact)));

  it.each([
    ["records", record],
    ["due messages", due],
  ])("of %s is handled where it is understood and kept where not, each message once", async (_, schema) => {
    await fc.assert(
      fc.asyncProperty(fc.array(body, { maxLength: 10 }), async (bodies) => {
        const dead: string[] = [];
        let handled = 0;
        const deadLetters = { send: async (letter: string) => void dead.push(letter) };
        const handler = createBatchHandler({ schema, deadLetters, telemetry: silent }, "one by one", async () => {
          handled += 1;
          return "done";
        });
        expect(await handler(aBatch(...bodies), withTimeLeft())).toEqual({ batchItemFailures: [] });
        expect(handled + dead.length).toBe(bodies.length);
        expect(dead.every((letter) => bodies.includes(letter))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("that cannot even be kept aside is given back to the queue", async () => {
    const deadLetters = { send: () => Promise.reject(new Error("no")) };
    const handler = createBatchHandler({ schema: record, deadLetters, telemetry: silent }, "all at once", async () =>
      Promise.reject(new Error("no")),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(body, { maxLength: 10 }), async (bodies) => {
        const { batchItemFailures } = await handler(aBatch(...bodies), withTimeLeft());
        expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(bodies.map((_, i) => `m${i}`));
      }),
      { numRuns: 50 },
    );
  });
});
