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

/** Sees to it that a window is looked at when it falls due. Safe to repeat: a timer that exists already is left alone. */
export interface Timers {
  plan(window: Window): Promise<void>;
  /** Takes back the timer of a `dueAt` that holds no more. One that stays is harmless: it fires for nothing. */
  cancel(window: Pick<Window, "windowId" | "dueAt">): Promise<void>;
}

/** The message that asks for this window, in this state, to be closed. */
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
 * One-time schedules, sent to the DUE queue. What is due within two minutes goes to that queue directly, delayed:
 * Scheduler refuses a time that has passed, and whose clock decides that is not ours to say.
 *
 * The name is made of the window and its `dueAt`, so that asking twice finds the schedule there, and a new `dueAt` has a
 * schedule of its own. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
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

/** `<windowId>.<dueAt in base-36 milliseconds>`: legal whatever the username, and shorter than Scheduler's 64. */
const timerName = (window: Pick<Window, "windowId" | "dueAt">): string =>
  `${window.windowId}.${window.dueAt.getTime().toString(36)}`;

/** Scheduler counts in whole seconds; rounded up, so that the timer never comes before its window is due. */
const at = (instant: Date): string =>
  `at(${new Date(Math.ceil(instant.getTime() / 1000) * 1000).toISOString().slice(0, "2026-01-01T00:00:00".length)})`;
