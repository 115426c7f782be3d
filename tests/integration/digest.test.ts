import { CloudWatchClient, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { wire } from "../../functions/explain-alarm/wiring.ts";
import { names } from "../../local/service-names.ts";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { acceptanceExpiry, acceptedWindows } from "../../shared/ledgers/accepted-windows.ts";
import { dynamoFailedRecords } from "../../shared/ledgers/failed-records.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { explainEnvironment } from "../support/explain-environment.ts";
import { windowOf } from "../support/local-windows.ts";
import { noRow } from "../support/no-row.ts";
import { silent } from "../support/silent-telemetry.ts";
import { start, startStack, type TestStack } from "../support/stack.ts";

const event: unknown = JSON.parse(await readFile("events/samples/digest.v1.json", "utf8"));
let stack: TestStack;
beforeEach(async () => {
  stack = await startStack();
});
afterEach(() => stack.stop());

const digest = async () => {
  const { aws } = stack;
  const before = aws.mailbox.mails.length;
  await wire({
    environment: explainEnvironment(stack.environment, stack.outputs),
    clock: aws.clock,
    newId: randomUUID,
    telemetry: silent,
    aws: { ...aws.clientOptions("explain-alarm"), requestHandler: aws.requestHandler },
  })(event, { getRemainingTimeInMillis: () => minute });
  // The topic has two subscribers.
  return aws.mailbox.mails.slice(before).filter(({ to }) => to === "alarms@example.com");
};
const documents = () => DynamoDBDocumentClient.from(new DynamoDBClient(stack.aws.clientOptions("test")));

const raiseAlarm = (StateValue: "ALARM" | "OK") =>
  new CloudWatchClient(stack.aws.clientOptions("test")).send(
    new SetAlarmStateCommand({ AlarmName: `${names.stack}-windows-overdue`, StateValue, StateReason: "test" }),
  );
const openOverdue = async (sub: string) => {
  const window = windowOf(sub, plus(start, -3 * hour), hour, {
    userPoolId: stack.userPoolId,
    username: "a@example.com",
  });
  await stack.operator.windows.open(window, noRow, true);
  return window;
};
const accept = async (sub: string, reason: string) => {
  const { windowId, dueAt } = await openOverdue(sub);
  const act = { at: plus(start, -minute), by: "arn:admin", reason, ticket: "HD-7" };
  const entry = { sub, dueAt, until: plus(start, 9 * day), ...act };
  const ledger = acceptedWindows(documents(), names.windowsTable, stack.userPoolId);
  await ledger.put(windowId, entry, acceptanceExpiry(entry));
};
const rememberRecord = () =>
  dynamoFailedRecords(documents(), names.windowsTable, stack.userPoolId).remember(
    {
      ...{ version: 1, id: "one", kind: "signed-in", at: start, userPoolId: stack.userPoolId },
      ...{ sub: "sub-of-record", username: "b@example.com" },
    },
    start,
  );
const leaveLetter = () =>
  new SQSClient(stack.aws.clientOptions("test")).send(
    new SendMessageCommand({ QueueUrl: stack.outputs.TimerDlqUrl, MessageBody: "{}" }),
  );

describe("the daily digest", () => {
  it("lists everything that is open, and names users by sub only", async () => {
    await raiseAlarm("ALARM");
    await openOverdue("sub-overdue");
    await accept("sub-accepted", "waits for ken@example.com");
    await rememberRecord();
    await leaveLetter();
    await leaveLetter();
    const [mail, ...more] = await digest();
    expect(more).toEqual([]);
    expect(mail?.subject).toBe(
      `${names.stack} daily digest: 1 alarm, 1 user past due, 1 record not handled, 2 dead letters`.slice(0, 100),
    );
    for (const part of [
      `for the user pool ${stack.userPoolId}`,
      `${names.stack}-windows-overdue, since 2026-03-01 00:00 UTC`,
      "user      sub-overdue",
      "mfactl retry sub-overdue --stage local",
      "user      sub-of-record",
      "timer-dlq: 2",
      "sub-accepted until 2026-03-10 00:00 UTC, by arn:admin: waits for … · HD-7",
    ]) {
      expect(mail?.body).toContain(part);
    }
    expect(mail?.body).not.toContain("@");
    expect(mail?.body).not.toContain("records-dlq");
    expect(mail?.subject).toMatch(/^[ -~]{1,100}$/);
  });

  it.each([
    ["an alarm", () => raiseAlarm("ALARM"), "1 alarm"],
    ["an overdue window", () => openOverdue("sub"), "1 user past due"],
    ["a record", () => rememberRecord(), "1 record not handled"],
    ["a dead letter", () => leaveLetter(), "1 dead letter"],
  ])("is sent for %s alone", async (_, arrange, words) => {
    await arrange();
    expect((await digest()).map(({ subject }) => subject)).toEqual([`${names.stack} daily digest: ${words}`]);
  });

  it("is not sent while nothing is open except accepted cases", async () => {
    expect(await digest()).toEqual([]);
    await accept("sub", "x");
    expect(await digest()).toEqual([]);
  });

  it("fails, and so becomes a dead letter, when it cannot read what is open", async () => {
    stack.aws.endpoint.faults = ({ operation }) =>
      operation === "DescribeAlarms" ? { kind: "refuse", code: "AccessDenied", message: "no" } : undefined;
    await expect(digest()).rejects.toThrow();
  });
});
