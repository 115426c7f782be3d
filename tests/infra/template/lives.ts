import { AdminDeleteUserCommand, CreateGroupCommand } from "@aws-sdk/client-cognito-identity-provider";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { memoryDynamoDb } from "@cognito-mfa-lifecycle/local-aws/memory-dynamodb/memory-dynamodb.ts";
import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { wire as explainAlarm } from "../../../functions/explain-alarm/wiring.ts";
import { isClosingWrite } from "../../../local/closing-write.ts";
import { names } from "../../../local/service-names.ts";
import { hour, minute } from "../../../shared/config/duration.ts";
import { plus } from "../../../shared/runtime/instants.ts";
import { openWindow } from "../../../shared/windows/window.ts";
import { explainEnvironment } from "../../support/explain-environment.ts";
import { aBatch, aRecord, aTrigger } from "../../support/messages.ts";
import { silent } from "../../support/silent-telemetry.ts";
import { startStack, type TestStack, type TestUser } from "../../support/stack.ts";

/** Returns the calls of lives on the local stack in which every function does all of its tasks. */
export const callsOfLives = async (): Promise<Call[]> => [
  ...(await callsOf({ GRACE_PERIOD: "1h", VERIFY_EVERY: "1h" }, wholeLife)),
  ...(await callsOf({ GRACE_PERIOD: "1h", VERIFY_EVERY: "1h", SCOPE: "group:staff" }, wholeLife)),
  ...(await callsOf({ GRACE_PERIOD: "1h", ENROL: "true" }, newUsers)),
  // Too short for Scheduler: such a window goes to the queue directly.
  ...(await callsOf({ GRACE_PERIOD: "1m", MAX_WINDOW: "1m" }, drill)),
];

const callsOf = async (
  parameters: Record<string, string>,
  live: (stack: TestStack) => Promise<void>,
): Promise<Call[]> => {
  const stack = await startStack(parameters, { dynamoDb: memoryDynamoDb() });
  try {
    await live(stack);
    return stack.calls;
  } finally {
    await stack.stop();
  }
};

const wholeLife = async (stack: TestStack): Promise<void> => {
  const { cognito, userPoolId: UserPoolId } = stack;
  await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName: "staff" }));
  await triggers(stack, await stack.user({ emailMfa: false }));
  await failedRecords(stack);
  await stack.aws.clock.advanceBy(2 * minute);
  await lateFactsAndOddMessages(stack);
  await stack.aws.clock.advanceBy(80 * minute);
  await drills(stack);
  await failures(stack);
};

/** Users without a row in the table, and one with an open window from version 0.1. */
const newUsers = async (stack: TestStack): Promise<void> => {
  const now = stack.aws.clock.now();
  const [on, off, old] = [await stack.user(), await neverSeen(stack), await neverSeen(stack)];
  await stack.aws.lambda.invoke(
    "record-reset",
    aBatch(aRecord("signed-in", on, now), aRecord("reset-confirmed", off, now)),
  );
  const window = openWindow({
    windowId: "old",
    user: { ...old, factors: { active: [] } },
    origin: "operator",
    at: now,
    gracePeriod: hour,
    policy: { maxWindow: hour },
    now,
  });
  const key = { user: `${old.userPoolId}#${old.sub}`, item: "open", openIn: old.userPoolId };
  const Item = JSON.parse(JSON.stringify({ ...window, ...key })) as Record<string, unknown>;
  await stack.documents.send(new PutCommand({ TableName: names.windowsTable, Item }));
  await stack.aws.clock.advanceBy(80 * minute);
  expect((await stack.find(old)).lastClosed).toMatchObject({ outcome: "re-enabled" });
};

const neverSeen = (stack: TestStack): Promise<TestUser> => stack.user({ emailMfa: false, known: false });

const triggers = async ({ aws }: TestStack, user: TestUser): Promise<void> => {
  const custom = aTrigger("CustomMessage_ForgotPassword", user, { codeParameter: "{####}" });
  await aws.lambda.invoke("custom-message", custom);
  await aws.lambda.invoke("post-confirmation", aTrigger("PostConfirmation_ConfirmForgotPassword", user));
  await aws.lambda.invoke("post-authentication", aTrigger("PostAuthentication_Authentication", user));
};

/** The queue refuses messages for a moment: each trigger's record is remembered, sent again and handled. */
const failedRecords = async (stack: TestStack): Promise<void> => {
  const { aws } = stack;
  aws.endpoint.faults = ({ service, caller }) =>
    service === "SQS" && caller.includes("-") && caller !== "re-enable-mfa" ? { kind: "server-error" } : undefined;
  await triggers(stack, await stack.user({ emailMfa: false }));
  aws.endpoint.faults = () => undefined;
  await aws.clock.advanceBy(6 * minute);
};

/** A window due at once, one that closes because Email MFA is on, one whose user is gone, a late fact, and rubbish. */
const lateFactsAndOddMessages = async (stack: TestStack): Promise<void> => {
  const { aws, cognito, userPoolId: UserPoolId } = stack;
  const now = aws.clock.now();
  const record = (...bodies: unknown[]) => aws.lambda.invoke("record-reset", aBatch(...bodies));
  const [late, on, gone] = [
    await stack.user({ emailMfa: false }),
    await stack.user({ emailMfa: false }),
    await stack.user({ emailMfa: false }),
  ];
  await record(
    aRecord("reset-confirmed", late, plus(now, -59 * minute)),
    aRecord("reset-confirmed", on, now),
    aRecord("reset-confirmed", gone, now),
    "rubbish",
  );
  await stack.setEmailMfa(on, true);
  await cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username: gone.username }));
  await record(aRecord("signed-in", on, now), aRecord("signed-in", gone, now));
  await aws.clock.advanceBy(5 * minute);
  await record(aRecord("signed-in", late, plus(now, -58 * minute)));
  await aws.lambda.invoke("re-enable-mfa", aBatch("rubbish"));
  const again = await stack.user({ emailMfa: false });
  await record(aRecord("reset-confirmed", again, aws.clock.now()));
  await aws.clock.advanceBy(10 * minute);
  await record(aRecord("reset-confirmed", again, aws.clock.now()));
};

/** The explanations while a window is open that should not be. */
const explanation = async ({ aws, environment, outputs }: TestStack): Promise<void> => {
  const explain = explainAlarm({
    environment: explainEnvironment(environment, outputs),
    clock: aws.clock,
    newId: randomUUID,
    telemetry: silent,
    aws: { ...aws.clientOptions("explain-alarm"), requestHandler: aws.requestHandler },
  });
  const context = { getRemainingTimeInMillis: () => minute };
  await explain(JSON.parse(await readFile("events/samples/cloudwatch.alarm.json", "utf8")), context);
  await explain(JSON.parse(await readFile("events/samples/digest.v1.json", "utf8")), context);
};

/** A drill that succeeds, and one that withdraws its window because its timer fails on a broken connection. */
const drills = async (stack: TestStack): Promise<void> => {
  const { aws } = stack;
  await drill(stack);
  expect(stack.telemetry.values.map(({ metric }) => metric)).toContain("DrillSucceeded");
  let breaks = 1;
  aws.endpoint.faults = ({ caller, operation, input }) => {
    if (caller !== "drill") return undefined;
    if (operation === "CreateSchedule") return { kind: "refuse", code: "ValidationException", message: "no" };
    return isClosingWrite({ operation, input }) && breaks-- > 0 ? { kind: "hang-up", effect: "after" } : undefined;
  };
  await drill(stack);
  aws.endpoint.faults = () => undefined;
};

const drill = async ({ aws }: TestStack): Promise<void> => {
  const drilled = aws.lambda.invoke("drill", {});
  await aws.clock.advanceBy(15 * minute);
  await drilled;
};

/**
 * A re-enable that fails with an explanation, one that dies halfway, a lost timer, and a timer whose queue refuses it.
 */
const failures = async (stack: TestStack): Promise<void> => {
  const { aws } = stack;
  const exempt = async () => {
    const user = await stack.user({ emailMfa: false });
    await aws.lambda.invoke("record-reset", aBatch(aRecord("reset-confirmed", user, aws.clock.now())));
    await aws.clock.settle();
  };
  await exempt();
  let left = 4;
  aws.endpoint.faults = ({ operation, caller }) =>
    operation === "AdminSetUserMFAPreference" && caller === "re-enable-mfa" && (left -= 1) > 0
      ? { kind: "throttle" }
      : undefined;
  await aws.clock.advanceBy(60.1 * minute);
  await explanation(stack);
  await aws.clock.advanceBy(10 * minute);
  await exempt();
  aws.lambda.crashes = ({ functionName, calls }) =>
    functionName === "re-enable-mfa" && calls === 6 ? "before" : undefined;
  await aws.clock.advanceBy(62 * minute);
  aws.lambda.crashes = () => undefined;
  await aws.clock.advanceBy(20 * minute);
  aws.scheduler.lateness = () => 24 * 60 * minute;
  await exempt();
  await aws.clock.advanceBy(80 * minute);
  aws.scheduler.lateness = () => 0;
  await exempt();
  aws.endpoint.faults = ({ input, caller }) =>
    caller === "scheduler" && String(input["QueueUrl"]).endsWith("/due") ? { kind: "server-error" } : undefined;
  await aws.clock.advanceBy(30 * 60 * minute);
  aws.endpoint.faults = () => undefined;
};
