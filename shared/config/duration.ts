import * as v from "valibot";

const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

const short = /^(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,8})m)?(?:(\d{1,9})s)?$/;
const iso8601 = /^P(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/;

/**
 * Takes a duration as operators write it: `30m`, `12h`, `1d`, `1d12h`, or in ISO 8601, `P1D`, `PT12H`; `0` is no time.
 * Returns milliseconds, or undefined for anything else: signs, fractions, weeks, months and words.
 */
export const parseDuration = (text: string): number | undefined => {
  if (text === "0") return 0;
  const parts = short.exec(text) ?? iso8601.exec(text);
  if (parts === null || parts.slice(1).every((part) => part === undefined)) return undefined;
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return (days ?? 0) * day + (hours ?? 0) * hour + (minutes ?? 0) * minute + (seconds ?? 0) * second;
};

/** Formats milliseconds for people, in whole seconds, with the two largest units at most: `2d 3h`, `15m`, `0s`. */
export const formatDuration = (milliseconds: number): string => {
  const seconds = Math.floor(Math.abs(milliseconds) / second);
  const units: [number, string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ];
  const first = units.findIndex(([amount]) => amount > 0);
  if (first < 0) return "0s";
  return units
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(" ");
};

/**
 * A schema for a duration between two bounds, both included. Takes text and reports bounds as text; returns
 * milliseconds.
 */
export const duration = (least: string, most: string) => {
  const bounds = `must be a duration from ${least} to ${most}, written like 30m, 12h, 1d or P1D`;
  return v.pipe(
    v.string(bounds),
    v.transform(parseDuration),
    v.number(bounds),
    v.minValue(parseDuration(least) ?? NaN, bounds),
    v.maxValue(parseDuration(most) ?? NaN, bounds),
  );
};
