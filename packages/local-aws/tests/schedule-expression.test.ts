import { describe, expect, it } from "@jest/globals";
import { parseScheduleExpression } from "../src/scheduler/schedule-expression.ts";

describe("parseScheduleExpression", () => {
  it.each([
    ["at(2026-01-02T03:04:05)", "UTC", "2026-01-02T03:04:05.000Z"],
    ["at(2026-01-02T00:00:00)", "Asia/Tokyo", "2026-01-01T15:00:00.000Z"],
    ["at(2026-07-01T12:00:00)", "America/New_York", "2026-07-01T16:00:00.000Z"],
    ["at(2026-03-29T01:59:59)", "Europe/Berlin", "2026-03-29T00:59:59.000Z"],
    ["at(2026-03-29T03:00:00)", "Europe/Berlin", "2026-03-29T01:00:00.000Z"],
    ["at(2026-10-25T02:30:00)", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
  ])("reads %s in %s as %s", (expression, timeZone, instant) => {
    expect(parseScheduleExpression(expression, timeZone)).toEqual({ kind: "at", instant: new Date(instant) });
  });

  it.each([
    ["rate(1 minute)", 60_000],
    ["rate(5 minutes)", 300_000],
    ["rate(2 hours)", 7_200_000],
    ["rate(1 day)", 86_400_000],
  ])("reads %s as every %i ms", (expression, everyMs) => {
    expect(parseScheduleExpression(expression, "UTC")).toEqual({ kind: "rate", everyMs });
  });

  it.each([
    ["at(2026-03-29T02:30:00)", "Europe/Berlin", "ValidationException"],
    ["at(2026-02-30T00:00:00)", "UTC", "ValidationException"],
    ["at(2026-01-02T03:04:05Z)", "UTC", "ValidationException"],
    ["at(2026-01-02T03:04:05.000)", "UTC", "ValidationException"],
    ["at(nonsense)", "UTC", "ValidationException"],
    ["rate(0 minutes)", "UTC", "ValidationException"],
    ["rate(5 seconds)", "UTC", "ValidationException"],
    ["at(2026-01-02T03:04:05)", "Mars/Olympus", "ValidationException"],
    ["cron(0 10 * * ? *)", "UTC", "UnsupportedByLocalStack"],
  ])("refuses %s in %s with %s", (expression, timeZone, code) => {
    expect(() => parseScheduleExpression(expression, timeZone)).toThrow(expect.objectContaining({ code }));
  });
});
