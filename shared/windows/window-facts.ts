import type { Policy } from "../config/policy.ts";
import { earlier, later, plus } from "../runtime/instants.ts";
import { askToClose } from "./operator-acts.ts";
import { type Fact, type FactTimes, type Window, dueAgain, kept } from "./window.ts";

export const hasNoted = (window: Window, fact: Pick<Fact, "id">): boolean =>
  window.facts.some((noted) => noted.id === fact.id);

/** Returns the window with the fact on it, and nothing else changed: the effect of a late fact on a closed window. */
export const withFact = <Some extends Window>(window: Some, fact: Fact): Some => ({
  ...window,
  facts: [...window.facts, fact].slice(-kept),
  counts: { ...window.counts, [fact.kind]: window.counts[fact.kind] + 1 },
  times: timesWith(window.times, fact),
});

/** Returns the times with those of one more fact, in any order of facts. */
export const timesWith = (times: FactTimes, { kind, at }: Pick<Fact, "kind" | "at">): FactTimes => {
  switch (kind) {
    case "reset-requested":
      return times;
    case "reset-confirmed":
      return {
        ...times,
        firstConfirmed: earlier(times.firstConfirmed ?? at, at),
        lastConfirmed: later(times.lastConfirmed ?? at, at),
      };
    case "signed-in":
      return { ...times, lastSignIn: later(times.lastSignIn ?? at, at) };
  }
};

/**
 * Returns the window with the fact on it. A request never moves `dueAt`: anybody can request a reset of anybody's
 * password. A confirmed reset may, up to the cap. A sign-in after it closes the window if the policy says so.
 */
export const noteFact = (window: Window, fact: Fact, policy: Pick<Policy, "closeOnSignIn">, now: Date): Window => {
  const noted: Window = withFact(window, fact);
  if (window.closeAsked !== undefined) return noted;
  const extended =
    fact.kind === "reset-confirmed"
      ? { ...noted, ...dueAgain(window, earlier(plus(earlier(fact.at, now), window.gracePeriod), window.cap)) }
      : noted;
  return policy.closeOnSignIn && signedInAfterReset(noted)
    ? askToClose(extended, { at: now, by: "sign-in" })
    : extended;
};

const signedInAfterReset = ({ times: { firstConfirmed, lastSignIn } }: Window): boolean =>
  firstConfirmed !== undefined && lastSignIn !== undefined && lastSignIn >= firstConfirmed;
