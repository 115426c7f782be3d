import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { hour } from "../../shared/config/duration.ts";
import { type MfactlStack, startMfactlStack, type User } from "../support/mfactl-stack.ts";

let stack: MfactlStack;
let hanako: User;

beforeEach(async () => {
  stack = await startMfactlStack();
  hanako = await stack.addUser("hanako@example.com", false);
  await stack.know(hanako);
});
afterEach(() => stack.stop());

const put = (QueueUrl: string | undefined, body: unknown, reason?: string) =>
  stack.sqs.sendMessage({
    QueueUrl,
    MessageBody: typeof body === "string" ? body : JSON.stringify(body),
    ...(reason !== undefined && { MessageAttributes: { reason: { DataType: "String", StringValue: reason } } }),
  });

const reset = (id: string) => ({
  version: 1,
  id,
  kind: "reset-requested",
  at: stack.aws.clock.now(),
  userPoolId: stack.userPoolId,
  ...hanako,
});

const messagesIn = async (QueueUrl: string | undefined) => {
  const AttributeNames = ["ApproximateNumberOfMessages" as const];
  return (await stack.sqs.getQueueAttributes({ QueueUrl, AttributeNames })).Attributes?.ApproximateNumberOfMessages;
};

/** The deployed dead-letter queues, with their names in outputs and messages. */
const deployed = [...readFileSync("infra/queues.yml", "utf8").matchAll(/^ {2}(\w+)Dlq:$/gm)].map(([, id = ""]) => ({
  output: `${id}DlqUrl`,
  name: id.replace(/(?!^)[A-Z]/g, "-$&").toLowerCase(),
}));

describe("mfactl failures", () => {
  it("looks into every dead-letter queue that is deployed", async () => {
    const outputs: Record<string, string> = stack.outputs;
    for (const { output, name } of deployed) await put(outputs[output], `lost by ${name}`);
    const { queues } = await stack.json("failures");
    expect(queues).toEqual(
      expect.arrayContaining(deployed.map(({ name }) => expect.objectContaining({ name, messages: 1 }))),
    );
    expect(queues).toHaveLength(deployed.length);
  });

  it("says so when nothing has failed", async () => {
    expect((await stack.mfactl(["failures"])).stdout).toContain("All dead-letter queues are empty.");
  });

  it("shows which messages are where and why, names users by sub, and leaves the messages there", async () => {
    const { RecordsDlqUrl, ReconcileDlqUrl } = stack.outputs;
    await put(RecordsDlqUrl, reset("r1"));
    await put(RecordsDlqUrl, "hanako@example.com", "not JSON");
    const run = { requestContext: { condition: "RetriesExhausted" }, responsePayload: { errorMessage: "no table" } };
    await put(ReconcileDlqUrl, run);
    const { code, stdout } = await stack.mfactl(["failures"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^records +2 /m);
    expect(stdout).toMatch(new RegExp(`reset-requested +${hanako.sub} +received too often`));
    expect(stdout).toMatch(/not understood +not JSON/);
    expect(stdout).toMatch(/run +no table/);
    expect(stdout).toContain("mfactl redrive records moves 2 messages back");
    expect(stdout).not.toContain("hanako@example.com");
    expect(await messagesIn(RecordsDlqUrl)).toBe("2");
  });

  it("never shows control characters, names or endless text from a letter", async () => {
    const { RecordsDlqUrl, ReconcileDlqUrl } = stack.outputs;
    // SQS accepts U+007F to U+009F. U+009B starts terminal commands, as ESC [ does.
    const nasty = `\u009b2J\u007f\u202eevil\u2028 hanako@example.com\r\n${"x".repeat(200_000)}`;
    await put(RecordsDlqUrl, nasty, nasty);
    await put(ReconcileDlqUrl, {
      requestContext: { condition: "RetriesExhausted" },
      responsePayload: { errorMessage: `\u001b[2J${nasty}` },
    });
    const said = [await stack.mfactl(["failures"]), await stack.mfactl(["failures", "--json"])];
    for (const { code, stdout } of said) {
      expect(code).toBe(0);
      expect(stdout).toContain("evil");
      expect(stdout).not.toMatch(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/u);
      expect(stdout).not.toContain("hanako@");
      expect(stdout.length).toBeLessThan(10_000);
    }
  });

  it("shows a timer that Scheduler could not deliver", async () => {
    await stack.sqs.deleteQueue({ QueueUrl: stack.outputs["DueQueueUrl"] });
    await stack.mfactl(["open", hanako.sub, "--reason", "x", "--for", "1h"]);
    await stack.aws.clock.advanceBy(48 * hour);
    const { queues } = await stack.json("failures");
    expect(queues).toContainEqual(
      expect.objectContaining({
        name: "timer",
        movable: false,
        letters: [
          expect.objectContaining({
            about: expect.objectContaining({ kind: "due", sub: hanako.sub, windowId: "w1" }) as unknown,
          }),
        ],
      }),
    );
  });
});

describe("mfactl redrive", () => {
  it("moves the messages back, no faster than asked, and they are handled", async () => {
    for (const id of ["r1", "r2", "r3"]) await put(stack.outputs["RecordsDlqUrl"], reset(id));
    const before = stack.aws.clock.now().getTime();
    const { code, stdout, stderr } = await stack.mfactl(["redrive", "--rate", "1"], { answer: "yes" });
    expect(stderr).toContain("Move 3 messages of records back, 1 per second?");
    expect(code).toBe(0);
    expect(stdout).toBe("Moved 3 messages of records back.\n");
    expect(stack.aws.clock.now().getTime() - before).toBeGreaterThanOrEqual(2000);
    await stack.aws.clock.advanceBy(1000);
    expect((await stack.find(hanako)).open?.counts["reset-requested"]).toBe(3);
  });

  it("reports messages that came back", async () => {
    await put(stack.outputs["DueDlqUrl"], "nonsense", "not JSON");
    const { queues } = await stack.json("redrive", "due", "--yes");
    expect(queues).toEqual([{ queue: "due", moved: 1, left: 1 }]);
  });

  it("moves nothing without a yes", async () => {
    await put(stack.outputs["RecordsDlqUrl"], reset("r1"));
    expect((await stack.mfactl(["redrive", "records"])).code).toBe(6);
    expect(await messagesIn(stack.outputs["RecordsDlqUrl"])).toBe("1");
  });

  it.each(["timer", "reconcile", "explain-alarm", "drill"])(
    "refuses %s, and says who has it instead",
    async (queue) => {
      const { code, stderr } = await stack.mfactl(["redrive", queue]);
      expect(code).toBe(27);
      expect(stderr).toContain("the reconciler closes windows from the table");
    },
  );

  it("says so when there is nothing to move", async () => {
    expect((await stack.mfactl(["redrive"])).stdout).toBe("Nothing to move: the queues are empty.\n");
  });
});
