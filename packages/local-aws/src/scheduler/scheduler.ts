import { AwsError } from "../service.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { checkDefinition, type ScheduleDefinition } from "./schedule-definition.ts";
import { parseScheduleExpression } from "./schedule-expression.ts";
import { nextDueAt, type Schedule } from "./schedule.ts";
import { type DroppedInvocation, type TargetCalls, TargetInvocation } from "./target-invocation.ts";

export interface SchedulerOptions {
  clock: VirtualClock;
  random: () => number;
  region: string;
  accountId: string;
  calls: TargetCalls;
  /** Whether an `at()` in the past is refused or fires at once. AWS does not document it; people report "refuse". */
  pastAt?: "refuse" | "fire";
  /** Returns how many milliseconds late a schedule fires. AWS promises less than 60,000, and never early. */
  lateness?: () => number;
  maximumSchedules?: number;
}

export interface ScheduleGroup {
  arn: string;
  name: string;
  createdAt: Date;
}

const notFound = (message: string) => new AwsError("ResourceNotFoundException", message, 404);
const conflict = (message: string) => new AwsError("ConflictException", message, 409);

/** EventBridge Scheduler: https://docs.aws.amazon.com/scheduler/latest/UserGuide/what-is-scheduler.html */
export class Scheduler {
  pastAt: "refuse" | "fire";
  lateness: () => number;
  readonly dropped: DroppedInvocation[] = [];
  readonly #options: SchedulerOptions;
  readonly #arnPrefix: string;
  readonly #groups = new Map<string, ScheduleGroup>();
  readonly #schedules = new Map<string, Schedule>();

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#arnPrefix = `arn:aws:scheduler:${options.region}:${options.accountId}`;
    this.pastAt = options.pastAt ?? "refuse";
    this.lateness = options.lateness ?? (() => 0);
    this.createGroup("default");
  }

  create(definition: ScheduleDefinition): Schedule {
    this.group(definition.GroupName);
    const key = `${definition.GroupName}/${definition.Name}`;
    if (this.#schedules.has(key)) throw conflict(`Schedule ${definition.Name} already exists.`);
    if (this.#schedules.size >= (this.#options.maximumSchedules ?? 10_000_000)) {
      const message = "The request failed because it exceeds a service quota: Number of schedules.";
      throw new AwsError("ServiceQuotaExceededException", message, 402);
    }
    const now = this.#options.clock.now();
    const schedule = this.#build(definition, { createdAt: now, hasFired: false });
    this.#refuseIfPast(schedule);
    this.#store(key, schedule);
    return schedule;
  }

  /** Replaces the whole schedule. A one-time schedule that is enabled after its time fires at once. */
  update(definition: ScheduleDefinition): Schedule {
    const current = this.get(definition.GroupName, definition.Name);
    const isSameTime =
      current.definition.ScheduleExpression === definition.ScheduleExpression &&
      current.definition.ScheduleExpressionTimezone === definition.ScheduleExpressionTimezone;
    const schedule = this.#build(definition, {
      createdAt: current.createdAt,
      hasFired: isSameTime && current.hasFired,
    });
    if (!isSameTime) this.#refuseIfPast(schedule);
    current.cancelTimer();
    this.#store(`${definition.GroupName}/${definition.Name}`, schedule);
    return schedule;
  }

  get(groupName: string, name: string): Schedule {
    const schedule = this.#schedules.get(`${groupName}/${name}`);
    if (schedule === undefined) throw notFound(`Schedule ${name} does not exist.`);
    return schedule;
  }

  delete(groupName: string, name: string): void {
    this.get(groupName, name).cancelTimer();
    this.#schedules.delete(`${groupName}/${name}`);
  }

  /** Returns schedules in the order of group and name. */
  list(groupName?: string): Schedule[] {
    if (groupName !== undefined) this.group(groupName);
    const schedules = [...this.#schedules].filter(
      ([, { definition }]) => groupName === undefined || definition.GroupName === groupName,
    );
    return schedules.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, schedule]) => schedule);
  }

  createGroup(name: string): ScheduleGroup {
    if (this.#groups.has(name)) throw conflict(`Schedule group ${name} already exists.`);
    const group = { arn: `${this.#arnPrefix}:schedule-group/${name}`, name, createdAt: this.#options.clock.now() };
    this.#groups.set(name, group);
    return group;
  }

  group(name: string): ScheduleGroup {
    const group = this.#groups.get(name);
    if (group === undefined) throw notFound(`Schedule group ${name} does not exist.`);
    return group;
  }

  /** Deletes the group and its schedules at once. On AWS this takes a while. */
  deleteGroup(name: string): void {
    this.group(name);
    if (name === "default") throw new AwsError("ValidationException", "The default schedule group cannot be deleted.");
    for (const schedule of this.list(name)) this.delete(name, schedule.definition.Name);
    this.#groups.delete(name);
  }

  groups(): ScheduleGroup[] {
    return [...this.#groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #build(definition: ScheduleDefinition, history: Pick<Schedule, "createdAt" | "hasFired">): Schedule {
    checkDefinition(definition);
    return {
      ...history,
      arn: `${this.#arnPrefix}:schedule/${definition.GroupName}/${definition.Name}`,
      definition,
      recurrence: parseScheduleExpression(definition.ScheduleExpression, definition.ScheduleExpressionTimezone),
      modifiedAt: this.#options.clock.now(),
      cancelTimer: () => undefined,
    };
  }

  #refuseIfPast({ recurrence, definition }: Schedule): void {
    if (recurrence.kind !== "at" || recurrence.instant >= this.#options.clock.now() || this.pastAt === "fire") return;
    throw new AwsError(
      "ValidationException",
      `Invalid Schedule Expression ${definition.ScheduleExpression}: it is in the past.`,
    );
  }

  #store(key: string, schedule: Schedule): void {
    this.#schedules.set(key, schedule);
    this.#arm(schedule);
  }

  #arm(schedule: Schedule): void {
    const { State, FlexibleTimeWindow } = schedule.definition;
    const dueAt = nextDueAt(schedule, this.#options.clock.now());
    if (State === "DISABLED" || schedule.hasFired || dueAt === undefined) return;
    const windowMs = (FlexibleTimeWindow.MaximumWindowInMinutes ?? 0) * 60_000;
    const firesAt = dueAt.getTime() + this.lateness() + Math.floor(this.#options.random() * windowMs);
    schedule.cancelTimer = this.#options.clock.at(new Date(firesAt), () => this.#fire(schedule, dueAt));
  }

  #fire(schedule: Schedule, scheduledTime: Date): Promise<void> {
    if (schedule.recurrence.kind === "at") schedule.hasFired = true;
    else this.#arm(schedule);
    const { clock, random, calls } = this.#options;
    const invocation = new TargetInvocation({
      clock,
      random,
      calls,
      scheduleArn: schedule.arn,
      scheduledTime,
      target: schedule.definition.Target,
      onCompleted: () => this.#complete(schedule),
      onDropped: (dropped) => this.dropped.push(dropped),
    });
    return invocation.attempt();
  }

  #complete(schedule: Schedule): void {
    const { ActionAfterCompletion, GroupName, Name } = schedule.definition;
    const isLast = schedule.hasFired || nextDueAt(schedule, this.#options.clock.now()) === undefined;
    const key = `${GroupName}/${Name}`;
    if (ActionAfterCompletion === "DELETE" && isLast && this.#schedules.get(key) === schedule)
      this.#schedules.delete(key);
  }
}
