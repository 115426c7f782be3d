import { AwsError } from "../service.ts";

/** When a schedule is due: once, or repeatedly. */
export type Recurrence = { kind: "at"; instant: Date } | { kind: "rate"; everyMs: number };

const UNIT_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const DAY_MS = 86_400_000;

/**
 * Parses `at(2026-01-02T03:04:05)` in the time zone, or `rate(5 minutes)`. A local time that occurs twice means the
 * earlier one. A local time that daylight saving skips is refused, because AWS does not document its meaning.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export const parseScheduleExpression = (expression: string, timeZone: string): Recurrence => {
  const localTime = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression)?.[1];
  if (localTime !== undefined) return { kind: "at", instant: toInstant(localTime, timeZone, expression) };
  const [, amount, unit] = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit ?? ""];
  if (unitMs !== undefined) return { kind: "rate", everyMs: Number(amount) * unitMs };
  if (expression.startsWith("cron("))
    throw new AwsError("UnsupportedByLocalStack", "The local stack does not know cron expressions.", 501);
  throw invalid(expression);
};

const invalid = (expression: string): AwsError =>
  new AwsError("ValidationException", `Invalid Schedule Expression ${expression}.`);

const toInstant = (localTime: string, timeZone: string, expression: string): Date => {
  const format = localTimeFormat(timeZone);
  const asUtc = Date.parse(`${localTime}Z`);
  if (Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, 19) !== localTime) throw invalid(expression);
  const offsets = [asUtc - DAY_MS, asUtc + DAY_MS].map((near) => Date.parse(`${format(near)}Z`) - near);
  const candidates = offsets.map((offset) => asUtc - offset).filter((instant) => format(instant) === localTime);
  if (candidates.length === 0) throw invalid(expression);
  return new Date(Math.min(...candidates));
};

const localTimeFormat = (timeZone: string): ((instant: number) => string) => {
  try {
    const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
    return (instant) => format.format(instant).replace(" ", "T");
  } catch {
    throw new AwsError("ValidationException", `Invalid ScheduleExpressionTimezone ${timeZone}.`);
  }
};
