import type { ScheduleDefinition } from "./schedule-definition.ts";
import type { Recurrence } from "./schedule-expression.ts";

/** A stored schedule. An update makes a new one. */
export interface Schedule {
  arn: string;
  definition: ScheduleDefinition;
  recurrence: Recurrence;
  createdAt: Date;
  modifiedAt: Date;
  /** Whether a one-time schedule has called its target. It does so only once. */
  hasFired: boolean;
  cancelTimer: () => void;
}

const epochSeconds = (instant: Date): number => instant.getTime() / 1000;

/** Returns a schedule in the format of GetSchedule. */
export const describeSchedule = (schedule: Schedule): Record<string, unknown> => {
  const { ClientToken: _, ...definition } = schedule.definition;
  return {
    ...definition,
    Arn: schedule.arn,
    CreationDate: epochSeconds(schedule.createdAt),
    LastModificationDate: epochSeconds(schedule.modifiedAt),
  };
};

/** Returns a schedule in the format of ListSchedules. */
export const summarizeSchedule = (schedule: Schedule): Record<string, unknown> => ({
  Arn: schedule.arn,
  CreationDate: epochSeconds(schedule.createdAt),
  LastModificationDate: epochSeconds(schedule.modifiedAt),
  GroupName: schedule.definition.GroupName,
  Name: schedule.definition.Name,
  State: schedule.definition.State,
  Target: { Arn: schedule.definition.Target.Arn },
});

/** Returns when the schedule is next due after `now`, or undefined for never. A one-time schedule keeps its instant. */
export const nextDueAt = ({ recurrence, definition, createdAt }: Schedule, now: Date): Date | undefined => {
  if (recurrence.kind === "at") return recurrence.instant;
  const { StartDate, EndDate } = definition;
  const first = StartDate === undefined ? createdAt.getTime() + recurrence.everyMs : StartDate * 1000;
  const periods = Math.max(0, Math.floor((now.getTime() - first) / recurrence.everyMs) + 1);
  const next = first + periods * recurrence.everyMs;
  return EndDate !== undefined && next > EndDate * 1000 ? undefined : new Date(next);
};
