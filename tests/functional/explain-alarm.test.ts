import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { createExplainAlarm } from "../../functions/explain-alarm/explain-alarm.ts";
import { snsNotices, type Notice } from "../../functions/explain-alarm/notices.ts";
import { RecordedTelemetry } from "../../local/recorded-telemetry.ts";
import { names } from "../../local/service-names.ts";
import { day, hour, minute } from "../../shared/config/duration.ts";
import { acceptanceExpiry, acceptedWindows } from "../../shared/ledgers/accepted-windows.ts";
import { dynamoFailedRecords } from "../../shared/ledgers/failed-records.ts";
import { noteRepeatedDrift, repeatedDrifts } from "../../shared/ledgers/repeated-drifts.ts";
import { dynamoServedPools } from "../../shared/ledgers/served-pools.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { dynamoDueIndex } from "../../shared/windows/due-index.ts";
import { noteFailure } from "../../shared/windows/tries.ts";
import type { WindowStore } from "../../shared/windows/window-store.ts";
import type { Window } from "../../shared/windows/window.ts";
import { startLocalWindows, userPoolId, windowOf } from "../support/local-windows.ts";
import { noRow } from "../support/no-row.ts";

const now = new Date("2026-01-15T10:00:00.000Z");
const openedAt = plus(now, -3 * hour);
const sample = JSON.parse(await readFile("events/samples/cloudwatch.alarm.json", "utf8")) as {
  alarmData: { state: object };
};
let local: Awaited<ReturnType<typeof startLocalWindows>>;

beforeEach(async () => {
  local = await startLocalWindows(now);
});
afterEach(() => local.stop());

const explain = async (
  event: unknown = sample,
  windows: Pick<WindowStore, "dueUntil" | "find"> = local.windows,
  getRemainingTimeInMillis = () => minute,
): Promise<Notice[]> => {
  const published: Notice[] = [];
  const clock = { now: () => now, sleep: async () => undefined };
  await createExplainAlarm({
    service: "cognito-mfa-lifecycle-prod",
    userPoolId,
    stage: "prod",
    standing: { alarms: async () => [], deadLetters: async () => [] },
    windows,
    accepted: acceptedWindows(local.documents, names.windowsTable, userPoolId),
    drifts: repeatedDrifts(local.documents, names.windowsTable, userPoolId),
    failedRecords: dynamoFailedRecords(local.documents, names.windowsTable, userPoolId),
    index: dynamoDueIndex(local.documents, names.windowsTable),
    servedPools: dynamoServedPools(local.documents, names.windowsTable),
    notices: {
      publish: async (notice) => {
        published.push(notice);
      },
    },
    policy: { overdueTolerance: 15 * minute },
    clock,
    telemetry: new RecordedTelemetry(clock).for("explain-alarm"),
  })(event, { getRemainingTimeInMillis });
  return published;
};

const failed = (window: Window, error: string, at: Date): Window =>
  noteFailure(window, { error, detail: "hanako@example.com is no good" }, at);

describe("the explanation of an alarm", () => {
  it("names the user, the pool, the error in words, since when, the next try and the commands", async () => {
    const window = failed(windowOf("sub-1", openedAt, 2 * hour), "Unchanged", plus(now, -10_000));
    await local.windows.open({ ...window, attempts: 5, nextTryAt: plus(now, 32 * minute) }, noRow, true);
    const [notice] = await explain();
    expect(notice?.subject).toBe("cognito-mfa-lifecycle-prod-windows-overdue: Email MFA is still off for 1 user");
    for (const part of [
      "of the user pool eu-west-1_Example00",
      "user      sub-1",
      "since     2026-01-15 09:00 UTC, overdue for 1h, exempt since 2026-01-15 07:00 UTC",
      "error     Cognito accepted the change, but Email MFA is still off. (Unchanged)",
      "it must be Optional",
      "next try  2026-01-15 10:32 UTC, automatic; 5 failed so far",
      "mfactl show sub-1 --stage prod",
      "mfactl retry sub-1 --stage prod",
      "docs/runbook.md#windows-overdue",
    ]) {
      expect(notice?.body).toContain(part);
    }
  });

  it("holds neither username nor address, in the subject or the body", async () => {
    await local.windows.open(failed(windowOf("sub-1", openedAt, hour), "Strange", now), noRow, true);
    expect(JSON.stringify(await explain())).not.toMatch(/name-of-|hanako|@/);
  });

  it("leaves out who is accepted, until the acceptance ends", async () => {
    const ledger = acceptedWindows(local.documents, names.windowsTable, userPoolId);
    for (const [sub, until] of [["known", plus(now, day)], ["ended", plus(now, -minute)], ["other"]] as const) {
      const window = windowOf(sub, openedAt, hour);
      await local.windows.open(window, noRow, true);
      const entry = { sub, dueAt: window.dueAt, until: until ?? now, at: plus(now, -day), by: "admin" };
      if (until !== undefined) await ledger.put(window.windowId, entry, acceptanceExpiry(entry));
    }
    const [notice] = await explain();
    expect(notice?.subject).toContain("2 users");
    expect(notice?.body.match(/^user .*/gm)?.sort()).toEqual(["user      ended", "user      other"]);
  });

  it("names a window that failed before it is overdue, and one that is overdue without a try", async () => {
    await local.windows.open(failed(windowOf("just-failed", plus(now, -hour), hour), "TimeoutError", now), noRow, true);
    await local.windows.open(windowOf("untried", openedAt, hour), noRow, true);
    await local.windows.open(windowOf("just-due", plus(now, -hour), hour), noRow, true);
    const [notice] = await explain();
    expect(notice?.body).toMatch(/user {6}untried[^]*error {5}none[^]*within 5 minutes[^]*user {6}just-failed/);
    expect(notice?.body).not.toContain("just-due");
  });

  it("names the ten that are due longest and counts the others", async () => {
    for (let index = 0; index < 13; index += 1) {
      await local.windows.open(windowOf(`sub-${index}`, plus(openedAt, index * minute), hour), noRow, true);
    }
    const [notice] = await explain();
    expect(notice?.subject).toContain("13 users");
    expect(notice?.body.match(/^user /gm)).toHaveLength(10);
    expect(notice?.body).toContain("And 3 more: mfactl list --overdue --stage prod");
    expect(notice?.body).not.toContain("mfactl show sub-10 ");
  });

  it("names fewer where the table is so slow that no time would be left for the notice, and counts the others", async () => {
    let left = minute;
    const [notice] = await explain(
      sample,
      {
        async *dueUntil() {
          for (let index = 0; index < 13; index += 1) yield windowOf(`sub-${index}`, openedAt, hour);
        },
        find: async ({ sub }) => {
          left -= 8_900;
          return { version: 1, open: windowOf(sub, openedAt, hour) };
        },
      },
      () => left,
    );
    expect(notice?.subject).toContain("13 users");
    expect(notice?.body.match(/^user /gm)).toHaveLength(4);
    expect(left).toBeGreaterThan(20_000);
  });

  it("names the ten that are overdue latest when more have become overdue, and none that is not yet", async () => {
    for (let index = 0; index < 13; index += 1) {
      await local.windows.open(windowOf(`sub-${index}`, plus(openedAt, index * minute), hour), noRow, true);
    }
    await local.windows.open(windowOf("just-due", plus(now, -hour), hour), noRow, true);
    const alarmData = { ...sample.alarmData, alarmName: "cognito-mfa-lifecycle-prod-windows-newly-overdue" };
    const [notice] = await explain({ ...sample, alarmData });
    expect(notice?.body).toMatch(/user {6}sub-12\n[^]*user {6}sub-11\n[^]*user {6}sub-3\n[^]*And 3 more/);
    expect(notice?.body).not.toContain("just-due");
  });

  it("reads a thousand at most, and says that there are more", async () => {
    let read = 0;
    const [notice] = await explain(sample, {
      async *dueUntil() {
        for (;;) {
          read += 1;
          yield windowOf(`sub-${read}`, openedAt, hour);
        }
      },
      find: async ({ sub }) => ({ version: 1, open: windowOf(sub, openedAt, hour) }),
    });
    expect(read).toBe(1_001);
    expect(notice?.subject).toContain("more than 1000 users");
    expect(notice?.body).toContain("And more than 990 more");
  });

  it("names the users of unhandled records, oldest first", async () => {
    const failedRecords = dynamoFailedRecords(local.documents, names.windowsTable, userPoolId);
    for (let index = 0; index < 12; index += 1) {
      const at = plus(now, -index * minute);
      const record = { version: 1, id: `id-${index}`, kind: "signed-in", at, userPoolId } as const;
      await failedRecords.remember({ ...record, sub: `sub-${index}`, username: "hanako@example.com" }, now);
    }
    const alarmData = { ...sample.alarmData, alarmName: "cognito-mfa-lifecycle-prod-records-not-handled" };
    const [notice] = await explain({ ...sample, alarmData });
    expect(notice?.subject).toBe("cognito-mfa-lifecycle-prod-records-not-handled: 12 records not handled");
    expect(notice?.body).toMatch(/user {6}sub-11\nrecord {4}signed-in, 2026-01-15 09:49 UTC[^]*user {6}sub-2\n/);
    expect(notice?.body).toContain("And 2 more.");
    expect(notice?.body).not.toMatch(/sub-1\n|hanako|@/);
  });

  it("names the users of the last day who drifted again, the latest first", async () => {
    const drifts = repeatedDrifts(local.documents, names.windowsTable, userPoolId);
    const seen = [
      ["old", 2 * day],
      ["first", hour],
      ["second", minute],
    ] as const;
    for (const [sub, ago] of seen) await noteRepeatedDrift(drifts, { id: `fact-of-${sub}`, sub }, plus(now, -ago));
    const alarmData = { ...sample.alarmData, alarmName: "cognito-mfa-lifecycle-prod-drift-repeated" };
    const [notice] = await explain({ ...sample, alarmData });
    expect(notice?.subject).toBe("cognito-mfa-lifecycle-prod-drift-repeated: Email MFA was off again for 2 users");
    expect(notice?.body).toMatch(/user {6}second\n[^]*user {6}first\n/);
    expect(notice?.body).not.toContain("user      old");
  });

  it("says so when it healed meanwhile", async () => {
    const [notice] = await explain();
    expect(notice?.subject).toContain("no user is overdue any more");
  });

  it("names what counts as overdue and nothing closes: windows of another pool, and those due in the far future", async () => {
    const another = "eu-west-1_Another00";
    await dynamoServedPools(local.documents, names.windowsTable).put(another, { since: now, lookedThrough: false });
    await local.windows.open(windowOf("theirs", now, hour, { userPoolId: another }), noRow, true);
    await local.windows.open(windowOf("tampered", now, hour, { dueAt: plus(now, 31 * day) }), noRow, true);
    const [notice] = await explain();
    expect(notice?.subject).toContain("nothing closes some open windows");
    expect(notice?.body).toContain(
      `This stack no longer manages the user pool ${another}, which has 1 window open. Nothing closes it.`,
    );
    expect(notice?.body).toContain("in time: tampered. Close each with mfactl close SUB --stage prod");
    expect(notice?.body).not.toContain("There is nothing left to do");
  });

  it("is not published when an alarm returns to OK", async () => {
    const alarmData = { ...sample.alarmData, state: { value: "OK" } };
    expect(await explain({ ...sample, alarmData })).toEqual([]);
  });

  it("fails on an event that is no alarm, which then ends in the dead-letter queue", async () => {
    await expect(explain({ Records: [] })).rejects.toThrow("alarmData");
  });

  it("follows SNS's rules for a subject, for any alarm name", async () => {
    const alarmData = { ...sample.alarmData, alarmName: `é${"x".repeat(255)}` };
    const [notice] = await explain({ ...sample, alarmData });
    expect(notice?.subject).toMatch(/^[ -~]{100}$/);
  });

  it("goes to the topic", async () => {
    const sns = new SNSClient({ region: "eu-west-1" });
    const sent: unknown[] = [];
    sns.middlewareStack.add(
      (_next, context) => (args) => {
        sent.push([context.commandName, args.input]);
        return Promise.resolve({ response: {}, output: { $metadata: {} } });
      },
      { step: "initialize" },
    );
    await snsNotices(sns, "arn:aws:sns:eu-west-1:123456789012:alarms").publish({ subject: "subject", body: "body" });
    expect(sent).toEqual([
      [
        PublishCommand.name,
        { TopicArn: "arn:aws:sns:eu-west-1:123456789012:alarms", Subject: "subject", Message: "body" },
      ],
    ]);
  });
});
