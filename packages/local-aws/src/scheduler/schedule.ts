import type { ScheduleDefinition } from "./schedule-definition.ts";
import type { Recurrence } from "./schedule-expression.ts";

/** A schedule as it is stored. An update makes a new one. */
export interface Schedule {
  arn: string;
  definition: ScheduleDefinition;
  recurrence: Recurrence;
  createdAt: Date;
  modifiedAt: Date;
  /** A one-time schedule that has called its target does not do so again. */
  hasFired: boolean;
  cancelTimer: () => void;
}

const epochSeconds = (instant: Date): number => instant.getTime() / 1000;

/** As GetSchedule words it. */
export const describeSchedule = (schedule: Schedule): Record<string, unknown> => {
  const { ClientToken: _, ...definition } = schedule.definition;
  return {
    ...definition,
    Arn: schedule.arn,
    CreationDate: epochSeconds(schedule.createdAt),
    LastModificationDate: epochSeconds(schedule.modifiedAt),
  };
};

/** As ListSchedules words it. */
export const summarizeSchedule = (schedule: Schedule): Record<string, unknown> => ({
  Arn: schedule.arn,
  CreationDate: epochSeconds(schedule.createdAt),
  LastModificationDate: epochSeconds(schedule.modifiedAt),
  GroupName: schedule.definition.GroupName,
  Name: schedule.definition.Name,
  State: schedule.definition.State,
  Target: { Arn: schedule.definition.Target.Arn },
});

/** When it is due next after `now`; a one-time schedule keeps its instant. Undefined when it never is. */
export const nextDueAt = ({ recurrence, definition, createdAt }: Schedule, now: Date): Date | undefined => {
  if (recurrence.kind === "at") return recurrence.instant;
  const { StartDate, EndDate } = definition;
  const first = StartDate === undefined ? createdAt.getTime() + recurrence.everyMs : StartDate * 1000;
  const periods = Math.max(0, Math.floor((now.getTime() - first) / recurrence.everyMs) + 1);
  const next = first + periods * recurrence.everyMs;
  return EndDate !== undefined && next > EndDate * 1000 ? undefined : new Date(next);
};
