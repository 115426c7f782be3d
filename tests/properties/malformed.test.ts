import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import * as v from "valibot";
import { type LocalAws, startLocalAws } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import type { ReceivedMessage } from "@cognito-mfa-lifecycle/local-aws/sqs/message.ts";
import { due } from "../../events/due.ts";
import { record } from "../../events/record.ts";
import { RecordedTelemetry } from "../../local/recorded-telemetry.ts";
import { type DeadLetters, sqsDeadLetters } from "../../shared/queues/queues.ts";
import { createBatchHandler } from "../../shared/queues/sqs-batch.ts";
import { aBatch, withTimeLeft } from "../support/messages.ts";

let aws: LocalAws;
let deadLetters: DeadLetters;
beforeAll(async () => {
  aws = await startLocalAws({ start: new Date("2026-03-01T00:00:00.000Z") });
  aws.sqs.createQueue("dlq");
  const client = new SQSClient({ ...aws.clientOptions("test"), requestHandler: aws.requestHandler, maxAttempts: 1 });
  deadLetters = sqsDeadLetters(client, `${aws.url}/${aws.accountId}/dlq`);
});
afterAll(() => aws.stop());

const received = (): ReceivedMessage[] => {
  const queue = aws.sqs.findByName("dlq");
  const letters = queue.receive(10);
  for (const { receiptHandle } of letters) queue.delete(receiptHandle);
  return letters;
};

const user = { userPoolId: "us-east-1_Pool", sub: "s" };
const at = "2026-03-01T00:00:00.000Z";
const fact = { version: 1, id: "1", kind: "signed-in", at, ...user, username: "u" };
const asDue = { version: 1, ...user, windowId: "w", dueAt: at, attempt: 0 };

/** The start of all foreign text in a message. No schema contains it. */
const foreign = "zq7x";
const text = fc
  .tuple(fc.string({ unit: "binary", maxLength: 40 }), fc.constantFrom(1, 1, 1, 1000))
  .map(([more, times]) => `${foreign}${more.repeat(times)}`);

describe("a message that is malformed", () => {
  it.each([
    ["a record", record, fact],
    ["a due message", due, asDue],
  ])("gives a reason that holds nothing of it, and a copy that SQS takes: %s", async (_, schema, good) => {
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom(...Object.keys(good), "key"), async (said, where) => {
        const message = where === "key" ? { ...good, [said]: 1 } : { ...good, [where]: said };
        fc.pre(!v.is<v.GenericSchema>(schema, message));
        const body = JSON.stringify(message);
        const recorded = new RecordedTelemetry(aws.clock);
        const telemetry = recorded.for("test");
        const handler = createBatchHandler({ schema, deadLetters, telemetry }, "one by one", async () => "done");
        expect(await handler(aBatch(body), withTimeLeft())).toEqual({ batchItemFailures: [] });
        const [letter] = received();
        expect(letter?.body).toBe(body);
        const reason = letter?.messageAttributes["reason"]?.StringValue ?? "";
        expect(reason).toMatch(/^[ -~]{1,200}$/);
        expect(reason).not.toContain(foreign);
        expect(recorded.lines).toEqual([
          expect.objectContaining({ event: "message-malformed", fields: { messageId: "m0", reason } }),
        ]);
      }),
      {
        numRuns: 100,
        examples: [
          [`${foreign} hanako@example.com`, "key"],
          [`${foreign}\u0000\u001b[2J`, "key"],
          [`${foreign}${"k".repeat(200_000)}`, "key"],
          [`${foreign} a`, "sub"],
        ],
      },
    );
  });

  it("is copied with each character that SQS takes, and a sign for each other", async () => {
    const characters = fc.array(fc.nat({ max: 0x10ffff }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(characters, async (codes) => {
        await deadLetters.send(String.fromCodePoint(...codes), "not JSON");
        const taken = [...String.fromCodePoint(...codes)].map((character) =>
          isTaken(character) ? character : "\uFFFD",
        );
        const [letter] = received();
        expect(letter?.body).toBe(taken.join("") || "(empty)");
        expect(letter?.messageAttributes).toMatchObject({ reason: { StringValue: "not JSON" } });
      }),
      { numRuns: 100, examples: [[[]], [[0]], [[0xd800]], [[0xfffe]], [[0x1b, 0x5b]]] },
    );
  });

  const most = 1_048_576;
  const withReason = most - "reasonStringnot JSON".length;
  it.each([
    ["that leaves room for the reason", "x".repeat(withReason), "x".repeat(withReason), true],
    ["that leaves none", "x".repeat(withReason + 1), "x".repeat(withReason + 1), false],
    ["that is as long as SQS takes", "é".repeat(most / 2), "é".repeat(most / 2), false],
    ["that is longer with its signs", `\u0000${"é".repeat(most / 2 - 1)}`, `\uFFFD${"é".repeat(most / 2 - 2)}`, false],
  ])("is copied with a body %s", async (_, body, copy, hasReason) => {
    await deadLetters.send(body, "not JSON");
    const [letter] = received();
    expect(letter?.body === copy).toBe(true);
    expect("reason" in (letter?.messageAttributes ?? {})).toBe(hasReason);
  });
});

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const isTaken = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0;
  const ranges = [
    [0x9, 0xa],
    [0xd, 0xd],
    [0x20, 0xd7ff],
    [0xe000, 0xfffd],
    [0x10000, 0x10ffff],
  ] as const;
  return ranges.some(([from, to]) => from <= code && code <= to);
};
