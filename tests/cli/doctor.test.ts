import { SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import {
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolCommand,
  type UpdateUserPoolCommandInput,
} from "@aws-sdk/client-cognito-identity-provider";
import { DeleteScheduleGroupCommand } from "@aws-sdk/client-scheduler";
import { SubscribeCommand } from "@aws-sdk/client-sns";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { detachTriggers } from "../../cli/commands/detach-triggers.ts";
import { doctor, examine } from "../../cli/commands/doctor.ts";
import { poolSettings } from "../../cli/pool/pool-settings.ts";
import { readWholePool } from "../../cli/pool/whole-pool.ts";
import type { Stack } from "../../local/stack.ts";
import { hour, minute } from "../../shared/config/duration.ts";
import { openWindow } from "../../shared/windows/window.ts";
import { noRow } from "../support/no-row.ts";
import { operatorOf, startOperationsStack } from "../support/operations.ts";

let stack: Stack;
let operator: ReturnType<typeof operatorOf>;

beforeEach(async () => {
  stack = await startOperationsStack();
  operator = operatorOf(stack);
  await stack.aws.clock.advanceBy(6 * minute);
});
afterEach(() => stack.aws.stop());

/** The problems that doctor reports. */
const complaints = async () => {
  const findings = await examine(operator.connection);
  return findings.filter(({ status }) => status !== "ok").map(({ status, check }) => `${status} ${check}`);
};

const updatePool = async (change: Partial<UpdateUserPoolCommandInput>) => {
  const { pool } = await readWholePool(operator.connection.cognito, stack.userPoolId);
  const settings = { ...poolSettings(pool), ...change, UserPoolId: stack.userPoolId };
  await operator.connection.cognito.send(new UpdateUserPoolCommand(settings));
};

const setMfa = (settings: object) =>
  operator.connection.cognito.send(new SetUserPoolMfaConfigCommand({ UserPoolId: stack.userPoolId, ...settings }));

describe("doctor", () => {
  it("finds nothing wrong with a stack that is well, and changes nothing", async () => {
    const changes: string[] = [];
    stack.aws.endpoint.faults = ({ caller, operation }) => {
      if (caller === "operator" && !/^(Get|Describe|List|Query|AdminGetUser)/.test(operation)) changes.push(operation);
      return undefined;
    };
    expect(await complaints()).toEqual([]);
    await doctor(operator.context);
    expect(operator.said.at(-1)).toMatch(/^\d+ ok, 0 warnings, 0 wrong\.$/);
    expect(changes).toEqual([]);
  });

  it("fails with the problems and their solutions", async () => {
    await detachTriggers(operator.context, {});
    await expect(doctor(operator.context)).rejects.toMatchObject({
      kind: "doctor-found",
      message: "Wrong: trigger CustomMessage, trigger PostConfirmation, trigger PostAuthentication.",
    });
    expect(operator.said.at(-1)).toMatch(/^\d+ ok, 0 warnings, 3 wrong\.$/);
    expect(operator.said).toEqual(
      expect.arrayContaining([
        "✗ trigger CustomMessage: No function is attached, so the service records nothing here.",
        "    → Run mfactl attach.",
      ]),
    );
  });

  it.each<[string, () => Promise<unknown>, string[]]>([
    ["MFA is required", () => setMfa({ MfaConfiguration: "ON", EmailMfaConfiguration: {} }), ["fail mfa"]],
    ["MFA is off", () => setMfa({ MfaConfiguration: "OFF" }), ["fail mfa", "fail email-mfa"]],
    [
      "the pool has another factor, and not email",
      () => setMfa({ MfaConfiguration: "OPTIONAL", SoftwareTokenMfaConfiguration: { Enabled: true } }),
      ["fail email-mfa"],
    ],
    [
      "Cognito sends the mail, on a plan without Email MFA, with recovery by email alone",
      async () => {
        await setMfa({ MfaConfiguration: "OFF" });
        await updatePool({
          UserPoolTier: "LITE",
          EmailConfiguration: {},
          MfaConfiguration: "OFF",
          AccountRecoverySetting: { RecoveryMechanisms: [{ Name: "verified_email", Priority: 1 }] },
        });
      },
      ["fail plan", "fail mfa", "fail email-mfa", "fail sender", "fail recovery"],
    ],
    [
      "only administrators reset passwords",
      () => updatePool({ AccountRecoverySetting: { RecoveryMechanisms: [{ Name: "admin_only", Priority: 1 }] } }),
      ["warn recovery"],
    ],
    [
      "a trigger is somebody else's, and one is not there",
      () =>
        updatePool({
          LambdaConfig: {
            CustomMessage: stack.aws.lambda.arn("custom-message"),
            PostConfirmation: stack.aws.lambda.arn("theirs"),
          },
        }),
      ["warn trigger PostConfirmation", "fail trigger PostAuthentication"],
    ],
    [
      "the schedule group is gone",
      () =>
        operator.connection.scheduler.send(new DeleteScheduleGroupCommand({ Name: stack.outputs.ScheduleGroupName })),
      ["fail timers"],
    ],
    [
      "a dead letter waits",
      () => {
        const QueueUrl = stack.outputs.DueDlqUrl;
        return operator.connection.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
      },
      ["fail queue due-dlq"],
    ],
    [
      "an alarm is ringing",
      () =>
        operator.connection.cloudWatch.send(
          new SetAlarmStateCommand({
            AlarmName: "cognito-mfa-lifecycle-local-windows-overdue",
            StateValue: "ALARM",
            StateReason: "test",
          }),
        ),
      ["warn alarms"],
    ],
    [
      "the stack has no alarms",
      async () => (operator.connection.outputs = { ...stack.outputs, AlarmNamePrefix: "other-" }),
      ["fail alarms"],
    ],
    [
      "nobody has confirmed the subscription",
      async () => {
        const TopicArn = stack.aws.sns.createTopic("unheard");
        const subscription = { TopicArn, Protocol: "email", Endpoint: "ops@example.com" };
        await operator.connection.sns.send(new SubscribeCommand(subscription));
        operator.connection.outputs = { ...stack.outputs, AlarmTopicArn: TopicArn };
      },
      ["warn alarms", "fail subscribers"],
    ],
    [
      "a single subscriber has confirmed, by the link of the mail",
      async () => {
        const TopicArn = stack.aws.sns.createTopic("single");
        stack.aws.sns.confirm(TopicArn, stack.aws.sns.subscribe(TopicArn, "ops@example.com").token);
        operator.connection.outputs = { ...stack.outputs, AlarmTopicArn: TopicArn };
      },
      ["warn alarms", "warn subscribers", "warn unsubscribing"],
    ],
    [
      "the second of two subscribers has confirmed by the link of the mail",
      async () => {
        const TopicArn = stack.outputs.AlarmTopicArn;
        stack.aws.sns.confirm(TopicArn, stack.aws.sns.subscribe(TopicArn, "ops@example.com").token);
      },
      ["warn unsubscribing"],
    ],
    [
      "the functions are of another pool, and one is gone",
      async () => {
        const environment = { USER_POOL_ID: "us-east-1_Other" };
        stack.aws.lambda.register("reconcile", async () => undefined, { timeoutMs: 1000, environment });
        operator.connection.outputs = { ...stack.outputs, RecordResetFunctionName: "gone" };
      },
      ["fail function gone", "fail function reconcile"],
    ],
    [
      "an older stack does not name its topic",
      async () => (operator.connection.outputs = { ...stack.outputs, AlarmTopicArn: undefined }),
      ["warn subscribers"],
    ],
    [
      "this machine's clock is wrong",
      async () => {
        const now = () => new Date(stack.aws.clock.now().getTime() + 5 * minute);
        operator.connection.clock = { now, sleep: async () => undefined };
      },
      ["fail clock"],
    ],
    [
      "the policy only observes",
      async () => (operator.connection.policy = { ...operator.connection.policy, mode: "observe" }),
      ["warn mode"],
    ],
    [
      "the group of the scope does not exist",
      async () => {
        operator.connection.policy = { ...operator.connection.policy, scope: { kind: "group", group: "staff" } };
      },
      ["fail scope"],
    ],
    [
      "the reconciler has stopped",
      async () => {
        stack.aws.lambda.register("reconcile", async () => undefined, { timeoutMs: 1000 });
        await stack.aws.clock.advanceBy(20 * minute);
      },
      ["fail heartbeat"],
    ],
  ])("says it when %s", async (_, arrange, expected) => {
    await arrange();
    expect(await complaints()).toEqual(expected);
  });

  it("says it when dead letters wait, whichever queue they are in", async () => {
    const deployed = [...readFileSync("infra/queues.yml", "utf8").matchAll(/^ {2}(\w+Dlq):$/gm)];
    const outputs: Record<string, string> = stack.outputs;
    const urls = deployed.map(([, id]) => outputs[`${id}Url`]);
    for (const QueueUrl of urls) {
      await operator.connection.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
    }
    expect(await complaints()).toEqual(urls.map((url) => `fail queue ${url?.split("/").at(-1)}`));
  });

  it("says it when a function may not be invoked for the pool", async () => {
    const LambdaConfig = { ...(await readWholePool(operator.connection.cognito, stack.userPoolId)).pool.LambdaConfig };
    stack.aws.lambda.register("new", async () => undefined, { timeoutMs: 1000 });
    const CustomMessage = stack.aws.lambda.arn("new");
    await updatePool({ LambdaConfig: { ...LambdaConfig, CustomMessage } });
    operator.connection.outputs = { ...stack.outputs, CustomMessageFunctionArn: CustomMessage };
    expect(await complaints()).toEqual(["fail trigger CustomMessage"]);
  });

  it("says it when a window is overdue", async () => {
    const { windows, policy, clock } = operator.connection;
    const window = openWindow({
      windowId: "late",
      user: { userPoolId: stack.userPoolId, sub: "s", username: "u", factors: { active: [] } },
      origin: "operator",
      at: new Date(clock.now().getTime() - 2 * hour),
      gracePeriod: hour,
      policy,
      now: clock.now(),
    });
    await windows.open(window, noRow, true);
    expect(await complaints()).toEqual(["fail overdue"]);
  });

  const openFor = async (userPoolId: string, dueIn: number) => {
    const { windows, policy, clock } = operator.connection;
    const user = { userPoolId, sub: "s", username: "u", factors: { active: [] } };
    const at = clock.now();
    const window = openWindow({ windowId: "w", user, origin: "operator", at, gracePeriod: hour, policy, now: at });
    await windows.open({ ...window, dueAt: new Date(at.getTime() + dueIn) }, noRow, true);
  };

  it("names the pool, the number and the way out when windows are open for a pool that it served before", async () => {
    await openFor(stack.userPoolId, hour);
    operator.connection.outputs = { ...stack.outputs, UserPoolId: "us-east-1_Another00" };
    const found = (await examine(operator.connection)).find(({ check }) => check === "other-pools");
    expect(found).toEqual({
      check: "other-pools",
      status: "fail",
      found: `1 window of the user pool ${stack.userPoolId} is open, but the stack now manages us-east-1_Another00. Nothing closes it.`,
      next: `Deploy with userPoolId ${stack.userPoolId}, close all of its windows with mfactl list and mfactl close, then move again: docs/runbook.md#move-to-another-user-pool.`,
    });
  });

  it("says it when a window is due later than any can be, and whose it is", async () => {
    await openFor(stack.userPoolId, 31 * 24 * hour);
    const findings = await examine(operator.connection);
    expect(findings.filter(({ status }) => status !== "ok")).toEqual([
      {
        check: "overdue",
        status: "fail",
        found: "1 window has an impossibly late due time, which keeps users exempt: s.",
        next: "Run mfactl close SUB for each. Find out who can write to the table.",
      },
    ]);
  });

  it("distinguishes missing permissions from problems", async () => {
    stack.aws.endpoint.faults = ({ operation, caller }) => {
      if (caller !== "operator") return undefined;
      if (operation === "DescribeAlarms") return { kind: "refuse", code: "AccessDeniedException", message: "no" };
      return operation === "GetScheduleGroup" ? { kind: "server-error" } : undefined;
    };
    expect(await complaints()).toEqual(["fail timers", "warn alarms"]);
  });
});
