import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type LocalAws, startLocalAws } from "../src/local-aws.ts";
import type { Call } from "../src/service.ts";
import type { ReceivedMessage } from "../src/sqs/message.ts";

const queueArn = "arn:aws:sqs:us-east-1:000000000000:due";
const deadLetterArn = "arn:aws:sqs:us-east-1:000000000000:undeliverable";
let aws: LocalAws;
let scheduler: SchedulerClient;

beforeEach(async () => {
  aws = await startLocalAws({ start: new Date("2026-01-01T00:00:00Z") });
  scheduler = new SchedulerClient({ ...aws.clientOptions("test"), maxAttempts: 1 });
  aws.sqs.createQueue("due");
  aws.sqs.createQueue("undeliverable");
});
afterEach(async () => {
  scheduler.destroy();
  await aws.stop();
});

const target = { Arn: queueArn, RoleArn: "arn:aws:iam::000000000000:role/scheduler", Input: '{"windowId":"w1"}' };
const schedule = (changes: Partial<CreateScheduleCommandInput> = {}): CreateScheduleCommandInput => ({
  Name: "w1",
  ScheduleExpression: "at(2026-01-01T01:00:00)",
  FlexibleTimeWindow: { Mode: "OFF" },
  Target: target,
  ...changes,
});
const create = (changes: Partial<CreateScheduleCommandInput> = {}) =>
  scheduler.send(new CreateScheduleCommand(schedule(changes)));
const update = (changes: Partial<CreateScheduleCommandInput> = {}) =>
  scheduler.send(new UpdateScheduleCommand(schedule(changes)));
const get = (name = "w1") => scheduler.send(new GetScheduleCommand({ Name: name }));
const receive = (name: string): ReceivedMessage[] => aws.sqs.findByName(name).receive(10);
const dueTimes = () =>
  receive("due").map((message) => new Date(Number(message.attributes["SentTimestamp"])).toISOString());
const isToDue = (call: Call) => call.operation === "SendMessage" && String(call.input["QueueUrl"]).endsWith("/due");
const HOUR = 3_600_000;

describe("schedules", () => {
  it("come back as they were made, with the defaults", async () => {
    const { ScheduleArn } = await create();
    const answer = await get();
    expect(ScheduleArn).toBe("arn:aws:scheduler:us-east-1:000000000000:schedule/default/w1");
    expect(answer).toMatchObject({
      Arn: ScheduleArn,
      GroupName: "default",
      Name: "w1",
      State: "ENABLED",
      ActionAfterCompletion: "NONE",
      ScheduleExpressionTimezone: "UTC",
      CreationDate: new Date("2026-01-01T00:00:00Z"),
      Target: { ...target, RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 } },
    });
  });

  it("are replaced as a whole by an update", async () => {
    await create({ Description: "first", ActionAfterCompletion: "DELETE" });
    await update({ ScheduleExpression: "at(2026-01-01T02:00:00)" });
    const answer = await get();
    expect(answer.Description).toBeUndefined();
    expect(answer.ActionAfterCompletion).toBe("NONE");
    await aws.clock.advanceBy(3 * HOUR);
    expect(dueTimes()).toEqual(["2026-01-01T02:00:00.000Z"]);
  });

  it("are gone when deleted", async () => {
    await create();
    await scheduler.send(new DeleteScheduleCommand({ Name: "w1" }));
    await expect(get()).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      $metadata: { httpStatusCode: 404 },
    });
    await aws.clock.advanceBy(3 * HOUR);
    expect(dueTimes()).toEqual([]);
  });

  it("are listed page by page, by group, prefix and state", async () => {
    await scheduler.send(new CreateScheduleGroupCommand({ Name: "windows" }));
    for (const Name of ["a1", "a2", "a3", "b1"]) await create({ Name, GroupName: "windows" });
    await create({ Name: "a4", GroupName: "windows", State: "DISABLED" });
    await create({ Name: "a5" });
    const filter = { GroupName: "windows", NamePrefix: "a", State: "ENABLED", MaxResults: 2 } as const;
    const first = await scheduler.send(new ListSchedulesCommand(filter));
    const second = await scheduler.send(new ListSchedulesCommand({ ...filter, NextToken: first.NextToken }));
    expect([first, second].map((answer) => answer.Schedules?.map(({ Name }) => Name))).toEqual([["a1", "a2"], ["a3"]]);
    expect(second.NextToken).toBeUndefined();
    expect(second.Schedules?.[0]).toEqual({
      Arn: "arn:aws:scheduler:us-east-1:000000000000:schedule/windows/a3",
      CreationDate: expect.any(Date),
      LastModificationDate: expect.any(Date),
      GroupName: "windows",
      Name: "a3",
      State: "ENABLED",
      Target: { Arn: queueArn },
    });
  });

  it("vanish with their group", async () => {
    await scheduler.send(new CreateScheduleGroupCommand({ Name: "windows" }));
    await create({ GroupName: "windows" });
    await scheduler.send(new DeleteScheduleGroupCommand({ Name: "windows" }));
    const { ScheduleGroups } = await scheduler.send(new ListScheduleGroupsCommand({}));
    expect(ScheduleGroups?.map(({ Name }) => Name)).toEqual(["default"]);
    await expect(scheduler.send(new GetScheduleGroupCommand({ Name: "windows" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    await aws.clock.advanceBy(3 * HOUR);
    expect(dueTimes()).toEqual([]);
  });

  it.each<[string, Partial<CreateScheduleCommandInput>, string, number]>([
    ["a name of 65 characters", { Name: "x".repeat(65) }, "ValidationException", 400],
    ["a name with @", { Name: "a@example.com" }, "ValidationException", 400],
    ["an unknown group", { GroupName: "nowhere" }, "ResourceNotFoundException", 404],
    ["a time that has passed", { ScheduleExpression: "at(2025-12-31T23:59:59)" }, "ValidationException", 400],
    ["a time with Z", { ScheduleExpression: "at(2026-01-01T01:00:00Z)" }, "ValidationException", 400],
    ["cron", { ScheduleExpression: "cron(0 1 * * ? *)" }, "UnsupportedByLocalStack", 501],
    ["186 retries", { Target: { ...target, RetryPolicy: { MaximumRetryAttempts: 186 } } }, "ValidationException", 400],
    [
      "an age of 59 s",
      { Target: { ...target, RetryPolicy: { MaximumEventAgeInSeconds: 59 } } },
      "ValidationException",
      400,
    ],
    ["something else as role", { Target: { ...target, RoleArn: "scheduler" } }, "ValidationException", 400],
    [
      "a topic as dead-letter queue",
      { Target: { ...target, DeadLetterConfig: { Arn: "arn:aws:sns:us-east-1:000000000000:t" } } },
      "ValidationException",
      400,
    ],
    ["an input over 256 KB", { Target: { ...target, Input: "x".repeat(256 * 1024 + 1) } }, "ValidationException", 400],
    ["a flexible window without length", { FlexibleTimeWindow: { Mode: "FLEXIBLE" } }, "ValidationException", 400],
    [
      "a target that it does not have",
      { Target: { ...target, Arn: "arn:aws:scheduler:::aws-sdk:sqs:sendMessage" } },
      "UnsupportedByLocalStack",
      501,
    ],
    [
      "a member that it does not know",
      { Target: { ...target, SqsParameters: { MessageGroupId: "g" } } },
      "UnsupportedByLocalStack",
      501,
    ],
  ])("are refused with %s", async (_, changes, name, httpStatusCode) => {
    await expect(create(changes)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  });

  it("are refused when the name is taken, when there are too many, and when throttled", async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ name: "ConflictException", $metadata: { httpStatusCode: 409 } });
    aws.endpoint.faults = () => ({ kind: "throttle" });
    await expect(get()).rejects.toMatchObject({ name: "ThrottlingException", $metadata: { httpStatusCode: 429 } });
    const small = await startLocalAws({ start: aws.clock.now(), scheduler: { maximumSchedules: 0 } });
    const client = new SchedulerClient({ ...small.clientOptions("test"), maxAttempts: 1 });
    await expect(client.send(new CreateScheduleCommand(schedule()))).rejects.toMatchObject({
      name: "ServiceQuotaExceededException",
      $metadata: { httpStatusCode: 402 },
    });
    client.destroy();
    await small.stop();
  });
});

describe("firing", () => {
  it("sends the input to the queue at its time, once, and stays when nothing else is asked", async () => {
    await create();
    await aws.clock.advanceBy(HOUR - 1);
    expect(receive("due")).toEqual([]);
    await aws.clock.advanceBy(1);
    expect(receive("due").map((message) => message.body)).toEqual(['{"windowId":"w1"}']);
    await aws.clock.advanceBy(24 * HOUR);
    expect((await get()).Name).toBe("w1");
    expect(aws.sqs.findByName("due").count().visible).toBe(1);
  });

  it("deletes the schedule after completion when asked to", async () => {
    await create({ ActionAfterCompletion: "DELETE" });
    await aws.clock.advanceBy(HOUR);
    await expect(get()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    expect(dueTimes()).toHaveLength(1);
  });

  it("follows the time zone", async () => {
    await create({ ScheduleExpression: "at(2026-01-01T10:00:00)", ScheduleExpressionTimezone: "Asia/Tokyo" });
    await aws.clock.advanceBy(3 * HOUR);
    expect(dueTimes()).toEqual(["2026-01-01T01:00:00.000Z"]);
  });

  it("can be late, and stays within the flexible window", async () => {
    aws.scheduler.lateness = () => 59_000;
    await create();
    await create({ Name: "w2", FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 10 } });
    await aws.clock.advanceBy(HOUR + 58_999);
    expect(receive("due")).toEqual([]);
    await aws.clock.advanceBy(600_001);
    expect(receive("due")).toHaveLength(2);
  });

  it("fills the context attributes in", async () => {
    await create({
      Target: {
        ...target,
        Input: "<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time> <aws.scheduler.attempt-number>",
      },
    });
    await aws.clock.advanceBy(HOUR);
    expect(receive("due")[0]?.body).toBe(
      "arn:aws:scheduler:us-east-1:000000000000:schedule/default/w1 2026-01-01T01:00:00Z 1",
    );
  });

  it("does nothing while the schedule is disabled, and at once when that ends after its time", async () => {
    await create({ State: "DISABLED" });
    await aws.clock.advanceBy(2 * HOUR);
    expect(receive("due")).toEqual([]);
    await update({ State: "ENABLED" });
    await aws.clock.settle();
    expect(dueTimes()).toEqual(["2026-01-01T02:00:00.000Z"]);
    await update({ State: "ENABLED" });
    await aws.clock.settle();
    expect(receive("due")).toEqual([]);
  });

  it("takes a time that has passed at once, when the local stack plays it that way", async () => {
    aws.scheduler.pastAt = "fire";
    await create({ ScheduleExpression: "at(2025-01-01T00:00:00)" });
    await aws.clock.settle();
    expect(dueTimes()).toEqual(["2026-01-01T00:00:00.000Z"]);
  });

  it("repeats a rate", async () => {
    await create({ ScheduleExpression: "rate(5 minutes)" });
    await aws.clock.advanceBy(11 * 60_000);
    expect(dueTimes()).toEqual(["2026-01-01T00:05:00.000Z", "2026-01-01T00:10:00.000Z"]);
  });

  it("invokes a function asynchronously", async () => {
    const events: unknown[] = [];
    aws.lambda.register("fn", async (event) => events.push(event), { timeoutMs: 3000 });
    await create({ Target: { ...target, Arn: aws.lambda.arn("fn") } });
    await aws.clock.advanceBy(HOUR);
    expect(events).toEqual([{ windowId: "w1" }]);
  });
});

describe("a target that fails", () => {
  const attemptTimes = () => {
    const times: number[] = [];
    aws.endpoint.faults = (call) => {
      if (!isToDue(call)) return undefined;
      times.push((aws.clock.now().getTime() - Date.parse("2026-01-01T01:00:00Z")) / 1000);
      return { kind: "throttle" };
    };
    return times;
  };

  it("is tried again with growing pauses until it succeeds", async () => {
    const times = attemptTimes();
    const throttled = aws.endpoint.faults;
    aws.endpoint.faults = (call) => (times.length < 4 ? throttled(call) : undefined);
    await create({ ActionAfterCompletion: "DELETE" });
    await aws.clock.advanceBy(2 * HOUR);
    expect(times).toEqual([0, 1, 3, 7]);
    expect(dueTimes()).toEqual(["2026-01-01T01:00:15.000Z"]);
  });

  it("may get the message twice when the connection breaks after the effect", async () => {
    let isFirst = true;
    aws.endpoint.faults = (call) => {
      if (!isToDue(call) || !isFirst) return undefined;
      isFirst = false;
      return { kind: "hang-up", effect: "after" };
    };
    await create();
    await aws.clock.advanceBy(2 * HOUR);
    expect(receive("due")).toHaveLength(2);
  });

  it.each([
    ["the retries are used up", { MaximumRetryAttempts: 2 }, [0, 1, 3], "MaximumRetryAttempts"],
    ["the event is too old", { MaximumEventAgeInSeconds: 60 }, [0, 1, 3, 7, 15, 31], "MaximumEventAgeInSeconds"],
  ])("is given up to the dead-letter queue when %s", async (_, RetryPolicy, expectedTimes, condition) => {
    const times = attemptTimes();
    const retries = String(expectedTimes.length - 1);
    await create({
      ActionAfterCompletion: "DELETE",
      Target: { ...target, RetryPolicy, DeadLetterConfig: { Arn: deadLetterArn } },
    });
    await aws.clock.advanceBy(2 * HOUR);
    expect(times).toEqual(expectedTimes);
    const [message] = receive("undeliverable");
    expect(JSON.parse(message?.body ?? "")).toEqual({
      MessageBody: '{"windowId":"w1"}',
      QueueUrl: `${aws.url}/000000000000/due`,
    });
    const attributes = Object.entries(message?.messageAttributes ?? {}).map(([name, value]) => [
      name,
      value.StringValue,
    ]);
    expect(Object.fromEntries(attributes)).toEqual({
      ERROR_CODE: "RequestThrottled",
      ERROR_MESSAGE: "The request was denied due to request throttling.",
      EXECUTION_ID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      EXHAUSTED_RETRY_CONDITION: condition,
      IS_PAYLOAD_TRUNCATED: "false",
      RETRY_ATTEMPTS: retries,
      SCHEDULED_TIME: "2026-01-01T01:00:00Z",
      SCHEDULE_ARN: "arn:aws:scheduler:us-east-1:000000000000:schedule/default/w1",
      TARGET_ARN: queueArn,
    });
    await expect(get()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("permanently is not tried again", async () => {
    aws.sqs.deleteQueue(aws.sqs.findByName("due"));
    await create({ Target: { ...target, DeadLetterConfig: { Arn: deadLetterArn } } });
    await aws.clock.advanceBy(HOUR);
    const [message] = receive("undeliverable");
    expect(message?.messageAttributes["ERROR_CODE"]?.StringValue).toBe("AWS.SimpleQueueService.NonExistentQueue");
    expect(message?.messageAttributes["EXHAUSTED_RETRY_CONDITION"]).toBeUndefined();
  });

  it("is dropped without a trace but here when there is no dead-letter queue", async () => {
    aws.sqs.deleteQueue(aws.sqs.findByName("due"));
    await create();
    await aws.clock.advanceBy(HOUR);
    expect(aws.scheduler.dropped).toMatchObject([{ errorCode: "AWS.SimpleQueueService.NonExistentQueue" }]);
  });
});
