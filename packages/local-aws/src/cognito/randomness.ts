import { randomBytes } from "node:crypto";

/** A number from 0 (included) to 1 (excluded). */
export type Random = () => number;

export const cryptoRandom: Random = () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48;

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
export const ALPHANUMERIC = LOWER + LOWER.toUpperCase() + DIGITS;
export const LOWER_ALPHANUMERIC = LOWER + DIGITS;

export const randomText = (random: Random, alphabet: string, length: number): string =>
  Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join("");

export const randomDigits = (random: Random, length: number): string => randomText(random, DIGITS, length);

export const randomUuid = (random: Random): string => {
  const hex = randomText(random, "0123456789abcdef", 32);
  const variant = randomText(random, "89ab", 1);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
};
