import { describe, expect, it } from "@jest/globals";
import { day, formatDuration, hour, minute, parseDuration } from "../../shared/config/duration.ts";

describe("parseDuration", () => {
  it.each([
    ["0", 0],
    ["0m", 0],
    ["45s", 45_000],
    ["30m", 30 * minute],
    ["12h", 12 * hour],
    ["1d", day],
    ["P1D", day],
    ["PT12H", 12 * hour],
    ["P1DT2H30M", day + 2 * hour + 30 * minute],
    ["1d12h", day + 12 * hour],
  ])("reads %s", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each([
    "",
    " ",
    "1",
    "-1d",
    "+1d",
    "1.5h",
    "1 day",
    "1 day ago",
    "1w",
    "P",
    "PT",
    "P1M",
    "P1DT",
    "h",
    "1d ",
    "1D",
    "１d",
  ])("refuses %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0s"],
    [999, "0s"],
    [45_000, "45s"],
    [day, "1d"],
    [day + 2 * hour + 30 * minute, "1d 2h"],
    [12 * hour + 5 * minute, "12h 5m"],
    [day + 5 * minute, "1d"],
  ])("words %d ms as %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});
