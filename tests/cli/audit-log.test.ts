import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, describe, expect, it } from "@jest/globals";
import { serve } from "@cognito-mfa-lifecycle/local-aws/server.ts";
import { cloudWatchAuditLog } from "../../cli/audit/audit-log.ts";
import { auditTrail } from "../../cli/audit/audit-trail.ts";
import { type MfactlStack, startMfactlStack } from "../support/mfactl-stack.ts";

describe("cloudWatchAuditLog", () => {
  it("writes one line of JSON per act, as the functions write theirs", async () => {
    const calls: [string | undefined, unknown][] = [];
    const { server, url } = await serve(async ({ headers, body }) => {
      calls.push([headers["x-amz-target"], JSON.parse(body)]);
      return { status: 200, headers: { "content-type": "application/x-amz-json-1.1" }, body: "{}" };
    }, 0);
    const credentials = { accessKeyId: "test", secretAccessKey: "local" };
    const logs = new CloudWatchLogsClient({ endpoint: url, region: "us-east-1", credentials });
    const name = { logGroupName: "/cognito-mfa-lifecycle/prod/audit", logStreamName: "2026-01-15/w1" };
    const at = "2026-01-15T10:00:00.000Z";
    const by = "arn:aws:iam::000000000000:user/taro";
    await cloudWatchAuditLog(logs, name).write([{ at, event: "window-opened", sub: "s1", by, reason: "new phone" }]);
    logs.destroy();
    server.close();
    expect(calls[0]).toEqual(["Logs_20140328.CreateLogStream", name]);
    expect(calls[1]).toMatchObject([
      "Logs_20140328.PutLogEvents",
      { ...name, logEvents: [{ timestamp: 1768471200000 }] },
    ]);
    const { logEvents } = calls[1]?.[1] as { logEvents: [{ message: string }] };
    expect(JSON.parse(logEvents[0].message)).toEqual({
      level: "INFO",
      message: "window-opened",
      service: "mfactl",
      timestamp: at,
      sub: "s1",
      by,
      reason: "new phone",
    });
  });
});

describe("cloudWatchAuditLog", () => {
  it("throws when CloudWatch Logs answers 200 and takes no entry, as for a time in the future", async () => {
    const { server, url } = await serve(async () => {
      const body = JSON.stringify({ rejectedLogEventsInfo: { tooNewLogEventStartIndex: 0 } });
      return { status: 200, headers: { "content-type": "application/x-amz-json-1.1" }, body };
    }, 0);
    const credentials = { accessKeyId: "test", secretAccessKey: "local" };
    const logs = new CloudWatchLogsClient({ endpoint: url, region: "us-east-1", credentials });
    const log = cloudWatchAuditLog(logs, { logGroupName: "group", logStreamName: "stream" });
    const at = "2026-01-15T10:00:00.000Z";
    await expect(log.write([{ at, event: "window-opened" }])).rejects.toThrow("this machine's clock");
    logs.destroy();
    server.close();
  });
});

describe("auditTrail", () => {
  const entry = (event: string) => ({ at: "2026-01-15T10:00:00.000Z", event });

  it("writes each entry once, automatically, and retries a failure once", async () => {
    const written: string[][] = [];
    let refuse = true;
    const trail = auditTrail({
      async write(entries) {
        if (refuse) throw new Error("no");
        written.push(entries.map(({ event }) => event));
      },
    });
    trail.add(entry("one"));
    await new Promise((resolve) => setImmediate(resolve));
    await expect(trail.written()).rejects.toThrow("no");
    refuse = false;
    trail.add(entry("two"));
    await trail.written();
    await trail.written();
    expect(written).toEqual([["one", "two"]]);
  });

  it("does not wait to be asked", async () => {
    const written: unknown[] = [];
    const trail = auditTrail({ write: async (entries) => void written.push(...entries) });
    trail.add(entry("one"));
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toEqual([entry("one")]);
  });
});

describe("mfactl", () => {
  let stack: MfactlStack;
  afterEach(() => stack.stop());

  it("reports when the audit log cannot be written, and still does what it was asked to do", async () => {
    stack = await startMfactlStack();
    const user = await stack.addUser("hanako@example.com");
    stack.aws.publishStack("local", { ...stack.outputs, AuditLogGroupName: "/cognito-mfa-lifecycle/prod/audit" });
    const { code, stderr } = await stack.mfactl(["open", user.sub, "--reason", "x"]);
    expect(code).toBe(0);
    expect(stderr).toContain("The audit log could not be written. The act itself is recorded on the window.");
    expect(await stack.hasEmailMfa(user)).toBe(false);
  });
});
