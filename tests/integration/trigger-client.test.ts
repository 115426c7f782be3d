import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Fault } from "@cognito-mfa-lifecycle/local-aws/faults.ts";
import { triggerClient } from "../../shared/light-aws/trigger-client.ts";
import { systemClock } from "../../shared/runtime/clock.ts";
import { sqsRecordsQueue } from "../../shared/triggers/records-queue.ts";
import { dynamoWindowGlance } from "../../shared/windows/window-glance.ts";
import { aBatch, aRecord } from "../support/messages.ts";
import { start, startStack, type TestStack } from "../support/stack.ts";

let stack: TestStack;
beforeEach(async () => {
  stack = await startStack();
});
afterEach(() => stack.stop());

const person = { userPoolId: "us-east-1_Example00", sub: "sub", username: "hanako" };
const record = { version: 1 as const, id: "1", kind: "signed-in" as const, at: start, ...person };

/** The environment of a built trigger: the endpoint, without local shortcuts. */
const surroundings = () => ({
  clock: systemClock,
  environment: {
    AWS_REGION: stack.aws.region,
    AWS_ENDPOINT_URL: stack.aws.url,
    AWS_ACCESS_KEY_ID: "built",
    AWS_SECRET_ACCESS_KEY: "local",
  },
});
const queue = (url = stack.environment["RECORDS_QUEUE_URL"] ?? "") =>
  sqsRecordsQueue(triggerClient("sqs", 2, surroundings()), url);
const failTheFirst = (count: number, fault: Fault) => {
  let left = count;
  stack.aws.endpoint.faults = ({ caller }) => (caller === "built" && left-- > 0 ? fault : undefined);
};
const sends = () => stack.callsOf("built").length;

describe("the triggers' client, over HTTP", () => {
  it.each<[string, Fault]>([
    ["a throttle", { kind: "throttle" }],
    ["a server error", { kind: "server-error" }],
    ["a connection that breaks before the effect", { kind: "hang-up", effect: "before" }],
    ["a connection that breaks after the effect", { kind: "hang-up", effect: "after" }],
  ])("gets over %s, and gives up at the second", async (_, fault) => {
    failTheFirst(1, fault);
    await queue().send(record);
    failTheFirst(2, fault);
    await expect(queue().send(record)).rejects.toThrow();
    expect(sends()).toBe(4);
  });

  it("does not take an answer without a message id for a success", async () => {
    failTheFirst(1, { kind: "no-effect" });
    await expect(queue().send(record)).rejects.toThrow("gave it no id");
  });

  it("throws a permanent refusal by AWS at once, by its name", async () => {
    await expect(queue(`${stack.aws.url}/000000000000/missing`).send(record)).rejects.toMatchObject({
      name: "QueueDoesNotExist",
      $metadata: { httpStatusCode: 400 },
    });
    expect(sends()).toBe(1);
  });

  it("reads from the table what the lifecycle wrote", async () => {
    const glance = dynamoWindowGlance(
      triggerClient("dynamodb", 1, surroundings()),
      stack.environment["WINDOWS_TABLE"] ?? "",
    );
    const [stranger, isExempt, isProtected] = [
      await stack.user(),
      await stack.user({ emailMfa: false }),
      await stack.user(),
    ];
    await stack.aws.lambda.invoke("record-reset", aBatch(aRecord("reset-confirmed", isExempt, start)));
    await stack.aws.lambda.invoke("record-reset", aBatch(aRecord("signed-in", isProtected, start)));
    expect(await glance(stranger)).toEqual({ open: false, seen: undefined });
    expect(await glance(isExempt)).toMatchObject({ open: true });
    expect(await glance(isProtected)).toEqual({ open: false, seen: { checkedAt: start } });
  });
});
