import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { isClosingWrite } from "../../local/closing-write.ts";
import { names } from "../../local/service-names.ts";
import { hour, minute } from "../../shared/config/duration.ts";
import { dueMessage } from "../../shared/queues/timers.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { openWindow } from "../../shared/windows/window.ts";
import { createBurstStack } from "./burst-stack.ts";

export interface BurstOptions {
  users: number;
  /** Re-enables per second. */
  rate: number;
  /** The length of Cognito's outage in the middle, in milliseconds. */
  outage: number;
  onProgress?: (closed: number) => void;
}

export interface BurstFigures {
  users: number;
  rate: number;
  outage: number;
  /** Users without Email MFA, or with an open window, at the end. */
  lost: number;
  /** Re-enables per second, from the first to the last, without the outage. */
  reached: number;
  /** The share of calls to change a user's factors that Cognito throttled. */
  throttled: number;
  calls: number;
  /** Calls of re-enable-mfa per second during the outage. */
  callsWhileDown: number;
  /** The time from due to closed of the last window, in milliseconds. */
  drained: number;
  /** The time from another user's confirmed reset, during the burst, to the window in the table, in milliseconds. */
  freshReset: number;
  /** Whether an alarm was firing all the time that windows were overdue. */
  alarmed: boolean;
  /**
   * Heap in use after a garbage collection, in MiB: before the burst, at most during it, and after the last window
   * closed.
   */
  heap: { before: number; most: number; after: number };
}

/** Cognito's quota for new users. */
const newUsersPerSecond = 50;

/** Makes `users` windows fall due in the same minute, and lets the service close them on the virtual clock. */
export const measureBurst = async ({ users, rate, outage, onProgress }: BurstOptions): Promise<BurstFigures> => {
  const drains = (users / rate) * 1000;
  // Up to Scheduler's minute. Less for few windows, which would otherwise wait for timers instead of one another.
  const stack = await createBurstStack(rate, Math.min(59_000, drains / 2));
  const { aws, clock, operator, userPoolId } = stack;
  const start = clock.now();
  const dueAt = plus(start, (users / newUsersPerSecond) * 1000 + hour);
  await seed(stack, users, dueAt);

  const down = { from: plus(dueAt, drains / 2), until: plus(dueAt, drains / 2 + outage) };
  const isDown = () => outage > 0 && down.from <= clock.now() && clock.now() < down.until;
  const seen = { calls: 0, callsWhileDown: 0, sets: 0, throttled: 0, closed: 0, first: NaN, last: NaN };
  aws.endpoint.faults = ({ service, caller }: Call) =>
    service === "cognito-idp" && isDown() && caller !== "unsigned" ? { kind: "server-error" } : undefined;
  stack.observe((call, { status }) => {
    seen.calls += 1;
    if (call.caller === "re-enable-mfa" && isDown()) seen.callsWhileDown += 1;
    if (call.operation === "AdminSetUserMFAPreference" && call.caller === "re-enable-mfa") {
      seen.sets += 1;
      if (status === 400) seen.throttled += 1;
    }
    if (!isClosingWrite(call) || status !== 200 || call.caller !== "re-enable-mfa") return;
    seen.closed += 1;
    if (Number.isNaN(seen.first)) seen.first = clock.now().getTime();
    seen.last = clock.now().getTime();
    onProgress?.(seen.closed);
  });

  const fresh = freshReset(stack, plus(dueAt, drains / 4));
  const before = heapInUse();
  const heap = { before, most: before, after: 0 };
  const longest = plus(dueAt, 2 * drains + outage + 3 * hour);
  let alarmed = true;
  const tolerance = operator.policy.overdueTolerance + 15 * minute;
  await clock.advanceTo(dueAt);
  while (seen.closed < users && clock.now() < longest) {
    await clock.advanceBy(minute);
    if (clock.now().getUTCMinutes() % 30 === 0) {
      await forgetClosed(stack);
      heap.most = Math.max(heap.most, heapInUse());
    }
    const overdueSince = clock.now().getTime() - dueAt.getTime() - tolerance;
    if (overdueSince > 0 && seen.closed < users && stack.overdue() === 0) alarmed = false;
  }
  await forgetClosed(stack);
  heap.after = heapInUse();
  // The user who resets during the burst has a window until the next day.
  const inBurst = [...aws.cognito.users(userPoolId)].filter(({ username }) => username !== "fresh");
  const off = inBurst.filter(({ activeFactors }) => !activeFactors.has("EMAIL_OTP")).length;
  const open = [...stack.table.items(names.windowsTable)].filter(({ openIn }) => openIn !== undefined).length - 1;
  await aws.stop();
  return {
    users,
    rate,
    outage,
    lost: Math.max(off, open),
    reached: (users / (seen.last - seen.first - outage)) * 1000,
    throttled: seen.throttled / seen.sets,
    calls: seen.calls,
    callsWhileDown: outage === 0 ? 0 : (seen.callsWhileDown / outage) * 1000,
    drained: seen.last - dueAt.getTime(),
    freshReset: await fresh,
    alarmed,
    heap,
  };
};

type BurstStack = Awaited<ReturnType<typeof createBurstStack>>;

setFlagsFromString("--expose-gc");
// runInNewContext returns any. The gc of --expose-gc takes no arguments and returns nothing.
const collectGarbage = runInNewContext("gc") as () => void;

const heapInUse = (): number => {
  collectGarbage();
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20);
};

/** Deletes the rows of closed windows. Otherwise the table in memory would grow and hide other growth of the heap. */
const forgetClosed = async ({ table, userPoolId }: BurstStack): Promise<void> => {
  const TableName = names.windowsTable;
  for (const { user, item, openIn } of [...table.items(TableName)]) {
    if (openIn !== undefined || !String(user?.["S"]).startsWith(`${userPoolId}#`)) continue;
    const call = {
      service: "DynamoDB",
      caller: "burst",
      operation: "DeleteItem",
      input: { TableName, Key: { user, item } },
    };
    await table.perform(call, { method: "POST", path: "/", headers: {}, body: "" });
  }
};

const seed = async ({ aws, clock, operator, userPoolId, environment }: BurstStack, users: number, dueAt: Date) => {
  const noRequest = { method: "POST", path: "/", headers: {}, body: "" };
  for (let index = 0; index < users; index += 1) {
    if (index % newUsersPerSecond === newUsersPerSecond - 1) await clock.advanceBy(1000);
    const username = `user-${index}`;
    const UserAttributes = [{ Name: "email", Value: `${username}@example.com` }];
    const input = { UserPoolId: userPoolId, Username: username, MessageAction: "SUPPRESS", UserAttributes };
    await aws.cognito.perform(
      {
        service: "cognito-idp",
        caller: "seed",
        operation: "AdminCreateUser",
        input: { ...input, TemporaryPassword: "Burst-2026!" },
      },
      noRequest,
    );
  }
  const now = clock.now();
  let index = 0;
  for (const { username, sub } of aws.cognito.users(userPoolId)) {
    const window = openWindow({
      windowId: `burst-${(index += 1)}`,
      user: { userPoolId, sub, username, factors: { active: ["EMAIL_OTP"], preferred: "EMAIL_OTP" } },
      origin: "operator",
      at: now,
      gracePeriod: dueAt.getTime() - now.getTime(),
      policy: operator.policy,
      now,
      openedBy: { at: now, by: "burst" },
    });
    await operator.windows.open(window, { version: 0 }, true);
    aws.scheduler.create({
      Name: window.windowId,
      GroupName: names.scheduleGroup,
      ScheduleExpression: `at(${dueAt.toISOString().slice(0, 19)})`,
      ScheduleExpressionTimezone: "UTC",
      FlexibleTimeWindow: { Mode: "OFF" },
      ActionAfterCompletion: "DELETE",
      State: "ENABLED",
      Target: {
        Arn: environment["DUE_QUEUE_ARN"] ?? "",
        RoleArn: environment["TIMER_ROLE_ARN"] ?? "",
        Input: JSON.stringify(dueMessage(window)),
        RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
      },
    });
  }
};

/** Lets another user reset the password during the burst. Returns how long the reset takes to reach a window. */
const freshReset = (stack: BurstStack, at: Date): Promise<number> =>
  new Promise((resolve) => {
    const { aws, clock, userPoolId, operator } = stack;
    const user = { username: "fresh", sub: "" };
    clock.at(plus(at, -minute), async () => {
      const input = {
        UserPoolId: userPoolId,
        Username: user.username,
        MessageAction: "SUPPRESS",
        UserAttributes: [{ Name: "email", Value: "fresh@example.com" }],
      };
      const call = { service: "cognito-idp", caller: "seed", operation: "AdminCreateUser", input };
      await aws.cognito.perform(call, { method: "POST", path: "/", headers: {}, body: "" });
      user.sub = [...aws.cognito.users(userPoolId)].at(-1)?.sub ?? "";
    });
    clock.at(at, async () => {
      await operator.windows.noteLook({ userPoolId, sub: user.sub }, { known: true }, {});
      void aws.lambda.invoke("post-confirmation", {
        version: "1",
        triggerSource: "PostConfirmation_ConfirmForgotPassword",
        userPoolId,
        userName: user.username,
        request: { userAttributes: { sub: user.sub } },
        response: {},
      });
      const look = async () => {
        const { open } = await operator.windows.find({ userPoolId, sub: user.sub });
        if (open !== undefined) resolve(clock.now().getTime() - at.getTime());
        else clock.at(plus(clock.now(), 50), look);
      };
      clock.at(plus(at, 50), look);
    });
  });
