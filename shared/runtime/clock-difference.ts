import { minute } from "../config/duration.ts";

/**
 * How far apart the clocks of two functions may be, in milliseconds. AWS refuses a request whose signature is more than
 * five minutes off: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export const clockDifference = 10 * minute;

/**
 * Returns whether an instant that was recorded as past lies further ahead of `now` than clocks differ. No rule may
 * believe such an instant: a wrong clock or a forged row would buy a user time without Email MFA.
 */
export const isFromTheFuture = (instant: Date, now: Date): boolean =>
  instant.getTime() - now.getTime() > clockDifference;
