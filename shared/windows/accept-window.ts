import { day } from "../config/duration.ts";
import { plus } from "../runtime/instants.ts";
import { withChange } from "./operator-acts.ts";
import type { Acceptance, OperatorAct, Window } from "./window.ts";

/** How long a known case can be accepted, in milliseconds. */
export const longestAcceptance = 90 * day;

/**
 * Returns the window past due as a known case until an instant. Until then it stays out of counts and alarms, but the
 * retries continue. A later acceptance replaces an earlier one.
 */
export const acceptWindow = (window: Window, until: Date, act: OperatorAct): Window => {
  const accepted: Acceptance = { ...act, until };
  return { ...withChange(window, "accepted", accepted), accepted };
};

/** Returns when an acceptance ends. Does not believe an end that mfactl would not write. */
export const acceptedUntil = ({ at, until }: Pick<Acceptance, "at" | "until">): Date => {
  const latest = plus(at, longestAcceptance);
  return until < latest ? until : latest;
};

/** Returns whether the acceptance holds. One that begins in the future does not yet. */
export const isAccepted = (acceptance: Pick<Acceptance, "at" | "until"> | undefined, now: Date): boolean =>
  acceptance !== undefined && acceptance.at <= now && now < acceptedUntil(acceptance);
