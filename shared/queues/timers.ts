import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
} from "@aws-sdk/client-scheduler";
import type { Due } from "../../events/due.ts";
import { minute } from "../config/duration.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Window } from "../windows/window.ts";
import type { DueQueue } from "./queues.ts";

/** Makes sure that a window gets a look when it is due. Safe to repeat: a timer that exists already stays as it is. */
export interface Timers {
  plan(window: Window): Promise<void>;
  /** Deletes the timer of a former `dueAt`. A timer that stays is harmless: it fires for nothing. */
  cancel(window: Pick<Window, "windowId" | "dueAt">): Promise<void>;
}

/** Returns the message that asks to close this window in this state. */
export const dueMessage = (window: Pick<Window, "userPoolId" | "sub" | "windowId" | "dueAt" | "attempts">) =>
  ({
    version: 1,
    userPoolId: window.userPoolId,
    sub: window.sub,
    windowId: window.windowId,
    dueAt: window.dueAt,
    attempt: window.attempts,
  }) satisfies Due;

/**
 * Makes one-time schedules that send to the DUE queue. For a window due within two minutes, sends to that queue
 * directly, with a delay: Scheduler refuses a time that has passed, by a clock that we do not know.
 * The name of a schedule contains the window and its `dueAt`. So a second call finds the schedule, and a new `dueAt`
 * gets a new schedule. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 */
export const schedulerTimers = (
  scheduler: SchedulerClient,
  clock: Clock,
  queue: Pick<DueQueue, "send">,
  target: { group: string; queueArn: string; roleArn: string; deadLetterArn: string },
): Timers => ({
  async plan(window) {
    const wait = window.dueAt.getTime() - clock.now().getTime();
    if (wait <= 2 * minute) return queue.send(dueMessage(window), Math.max(0, Math.ceil(wait / 1000)));
    try {
      await scheduler.send(
        new CreateScheduleCommand({
          Name: timerName(window),
          GroupName: target.group,
          ScheduleExpression: at(window.dueAt),
          ScheduleExpressionTimezone: "UTC",
          FlexibleTimeWindow: { Mode: "OFF" },
          ActionAfterCompletion: "DELETE",
          Target: {
            Arn: target.queueArn,
            RoleArn: target.roleArn,
            Input: JSON.stringify(dueMessage(window)),
            DeadLetterConfig: { Arn: target.deadLetterArn },
          },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConflictException)) throw error;
    }
  },

  async cancel(window) {
    try {
      await scheduler.send(new DeleteScheduleCommand({ Name: timerName(window), GroupName: target.group }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  },
});

/** Returns `<windowId>.<dueAt in base-36 milliseconds>`: legal for every username, and shorter than Scheduler's 64. */
const timerName = (window: Pick<Window, "windowId" | "dueAt">): string =>
  `${window.windowId}.${window.dueAt.getTime().toString(36)}`;

/** Scheduler counts in whole seconds. Rounds up, so that the timer never fires before its window is due. */
const at = (instant: Date): string =>
  `at(${new Date(Math.ceil(instant.getTime() / 1000) * 1000).toISOString().slice(0, "2026-01-01T00:00:00".length)})`;
