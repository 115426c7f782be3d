import { day } from "../config/duration.ts";
import { plus } from "../runtime/instants.ts";
import { withChange } from "./operator-acts.ts";
import type { Acceptance, OperatorAct, Window } from "./window.ts";

/** How far ahead a known case can be accepted, in milliseconds. */
export const longestAcceptance = 90 * day;

/**
 * The window, which is past due, as a known case until an instant: it leaves what is counted and alarmed until then, not the
 * retries. A later acceptance takes the place of an earlier one.
 */
export const acceptWindow = (window: Window, until: Date, act: OperatorAct): Window => {
  const accepted: Acceptance = { ...act, until };
  return { ...withChange(window, "accepted", accepted), accepted };
};

/** When an acceptance ends: what no command of ours would write is not believed. */
export const acceptedUntil = ({ at, until }: Pick<Acceptance, "at" | "until">): Date => {
  const latest = plus(at, longestAcceptance);
  return until < latest ? until : latest;
};

/** Whether the acceptance holds; one that begins in the future does not yet. */
export const isAccepted = (acceptance: Pick<Acceptance, "at" | "until"> | undefined, now: Date): boolean =>
  acceptance !== undefined && acceptance.at <= now && now < acceptedUntil(acceptance);
