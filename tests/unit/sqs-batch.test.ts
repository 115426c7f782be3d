import { describe, expect, it, jest } from "@jest/globals";
import * as v from "valibot";
import { RecordedTelemetry } from "../../local/recorded-telemetry.ts";
import { createBatchHandler, type Delivery, type Handled, rememberedAttribute } from "../../shared/queues/sqs-batch.ts";
import { reserve } from "../../shared/runtime/surroundings.ts";
import { aBatch } from "../support/messages.ts";

const clock = { now: () => new Date("2026-03-01T00:00:00.000Z"), sleep: async () => undefined };
const schema = v.strictObject({ name: v.string() });

/** A batch handler with `left` milliseconds at its start. Each message takes `takes` milliseconds. */
const setUp = (order: "one by one" | "all at once", { left, takes = 0 }: { left: number; takes?: number }) => {
  const recorded = new RecordedTelemetry(clock);
  const begun: string[] = [];
  const letters: string[] = [];
  const state = { left, pending: 0, answer: "done" as Handled };
  const telemetry = recorded.for("test");
  const deadLetters = { send: async (body: string) => void letters.push(body) };
  const handler = createBatchHandler(
    { schema, deadLetters, telemetry },
    order,
    async ({ name }, delivery: Delivery) => {
      begun.push(`${name} at ${delivery.timeLeft()}`);
      state.pending += 1;
      await new Promise((resolve) => setTimeout(resolve, begun.length * 5));
      state.left -= takes;
      state.pending -= 1;
      return state.answer;
    },
  );
  const run = async (...names: string[]) => {
    const event = aBatch(...names.map((name) => ({ name })));
    const { batchItemFailures } = await handler(event, { getRemainingTimeInMillis: () => state.left });
    expect(state.pending).toBe(0);
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
  return { run, begun, letters, state, lines: recorded.lines, values: recorded.values };
};

describe("a batch handler", () => {
  it("starts no message without enough time, and returns it without a failure", async () => {
    const { run, begun, lines, values } = setUp("one by one", { left: reserve + 20_000, takes: 9000 });
    expect(await run("a", "b", "c", "d", "e")).toEqual(["m3", "m4"]);
    expect(begun).toEqual([`a at ${reserve + 20_000}`, `b at ${reserve + 11_000}`, `c at ${reserve + 2000}`]);
    expect(lines).toMatchObject([{ level: "info", event: "messages-given-back", fields: { messages: 2 } }]);
    expect(values).toEqual([]);
  });

  it("passes the time that is left to all concurrent messages, and ends with the last of them", async () => {
    const { run, begun } = setUp("all at once", { left: reserve });
    expect(await run("a", "b")).toEqual([]);
    expect(begun).toEqual([`a at ${reserve}`, `b at ${reserve}`]);
  });

  it.each(["one by one", "all at once"] as const)(
    "returns the messages that their handling returns, %s",
    async (order) => {
      const { run, state, lines, values } = setUp(order, { left: 2 * reserve });
      state.answer = "again";
      expect(await run("a", "b")).toEqual(["m0", "m1"]);
      expect(lines).toMatchObject([{ event: "messages-given-back", fields: { messages: 2 } }]);
      expect(values).toEqual([]);
    },
  );

  it("returns a message that found no time, unless a ledger sends it again", async () => {
    const forgotten: string[] = [];
    const handler = createBatchHandler(
      {
        schema,
        deadLetters: { send: async () => undefined },
        telemetry: new RecordedTelemetry(clock).for("test"),
        memory: { remember: async () => undefined, forget: async ({ name }) => void forgotten.push(name) },
      },
      "one by one",
      async () => "no-time",
    );
    const event = aBatch({ name: "a" }, { name: "b" });
    const [, second] = event.Records;
    if (second) second.messageAttributes = { [rememberedAttribute]: { dataType: "String", stringValue: "yes" } };
    const context = { getRemainingTimeInMillis: () => 2 * reserve };
    expect(await handler(event, context)).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
    expect(forgotten).toEqual([]);
  });

  it("does not return a handled message because its telemetry cannot be written", async () => {
    const handler = createBatchHandler(
      {
        schema,
        deadLetters: { send: async () => undefined },
        telemetry: { ...new RecordedTelemetry(clock).for("test"), flush: () => Promise.reject(new Error("no")) },
      },
      "one by one",
      async () => "done",
    );
    const context = { getRemainingTimeInMillis: () => 2 * reserve };
    const error = jest.spyOn(console, "error").mockImplementation(() => undefined);
    expect(await handler(aBatch({ name: "a" }), context)).toEqual({ batchItemFailures: [] });
    expect(error).toHaveBeenCalledWith("telemetry-failed", expect.objectContaining({ detail: "no" }));
    error.mockRestore();
  });
});
