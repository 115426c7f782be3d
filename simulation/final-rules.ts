import type { Policy } from "../shared/config/policy.ts";
import { plus } from "../shared/runtime/instants.ts";
import type { ClosedWindow } from "../shared/windows/window.ts";
import { factOf, type LedgerEntry } from "./fact-ledger.ts";
import { farAhead } from "./forgeries.ts";
import type { UserPlan } from "./scenario.ts";
import { asksByEmail, type UserState } from "./user-history.ts";
import type { Watch } from "./watch.ts";
import { hasFact } from "./window-rules.ts";

interface Ending {
  watch: Watch;
  policy: Policy;
  /** The maximum difference between the clocks of the functions, in milliseconds. */
  margin: number;
  users: readonly UserPlan[];
  /** The bodies of the messages in each dead-letter queue. */
  deadLetters: { records: readonly string[]; due: readonly string[]; timers: readonly string[] };
  /** Malformed messages. */
  rubbish: readonly { queueName: string; body: string; isPurged: boolean }[];
}

/** Checks the rules for the end of a run, some time after the last fault. */
export const checkEnding = (ending: Ending): void => {
  const { watch, deadLetters, rubbish } = ending;
  for (const window of watch.windows.open()) watch.violate("a window that never closed", window);
  for (const id of watch.remembered()) watch.violate(`the record ${id} that is still not handled`);
  for (const { window } of watch.opened.values()) {
    const closed = watch.windows.closed().find(({ windowId }) => windowId === window.windowId);
    if (closed === undefined) watch.violate("a window that is not closed anywhere", window);
  }
  for (const entry of watch.facts.entries.values()) checkFact(ending, entry);
  for (const id of watch.facts.forged) {
    const believed = [...watch.windows.open(), ...watch.windows.closed()].find((window) => hasFact(window, { id }));
    if (believed !== undefined) watch.violate("a record with a name that is not the user's was believed", believed);
  }
  for (const { queueName, body, isPurged } of rubbish) {
    const letters = queueName === "records" ? deadLetters.records : deadLetters.due;
    if (!isPurged && !letters.includes(body))
      watch.violate(`a message on ${queueName} that was not understood is gone`);
  }
  for (const sub of watch.users.subs()) checkUser(ending, sub);
};

const checkUser = ({ watch, policy, margin }: Ending, sub: string): void => {
  const now = watch.users.now(sub);
  const state = watch.users.switchedOff(sub);
  if (now === undefined || now.isGone || policy.mode === "observe" || asksByEmail(now) || state === undefined) return;
  // No promise can cover a call that takes effect long after its window ended correctly.
  const endedInOrder = watch.windows
    .closed()
    .some(
      (window) =>
        window.sub === sub &&
        (watch.opened.get(window.windowId)?.until ?? state.at) < state.at &&
        window.closedAt >= plus(window.dueAt, -margin),
    );
  if (state.by === "operator" || (state.by === "late" && !endedInOrder))
    watch.violate("left without Email MFA by us", state);
};

const checkFact = (ending: Ending, entry: LedgerEntry): void => {
  const { watch, deadLetters } = ending;
  const { fact, handledAt, isPurged } = entry;
  const noted = watch.windows.of(fact.sub).some((window) => hasFact(window, fact));
  if (deadLetters.records.some((body) => factOf(body)?.id === fact.id)) {
    if (noted) watch.violate(`a ${fact.kind} in the dead-letter queue that was also done`, fact);
    return;
  }
  if (noted || (isPurged && handledAt === undefined)) return;
  if (handledAt === undefined) return watch.violate(`a ${fact.kind} that was never handled`, fact);
  const during = watch.windows
    .closed()
    .find((window) => window.sub === fact.sub && happenedDuring(watch, window, entry));
  if (during !== undefined) return watch.violate(`a ${fact.kind} that is not on its window`, fact);
  if ((fact.kind !== "signed-in" || entry.isKnown) && wasOpenToOpen(ending, entry, handledAt)) {
    watch.violate(`a ${fact.kind} of an unprotected user that opened no window`, fact);
  }
};

/** Returns whether a fact happened during a window, by the recorded times and by the true ones. */
const happenedDuring = (watch: Watch, window: ClosedWindow, { fact, enqueuedAt }: LedgerEntry): boolean => {
  const { from, until } = watch.opened.get(window.windowId) ?? {};
  const isHidden = ({ sub, openedAt, closedAt }: ClosedWindow) =>
    sub === window.sub && openedAt > window.openedAt && openedAt <= fact.at && closedAt >= farAhead;
  // A forged row can replace the open window. An attacker who can write the table can do that.
  if (watch.windows.closed().some(isHidden)) return false;
  // In the same instant, either can have been first.
  const truly = from !== undefined && until !== undefined && from < enqueuedAt && enqueuedAt < until;
  return truly && window.openedAt <= fact.at && fact.at <= window.closedAt;
};

/**
 * Returns whether sign-ins asked for no factor, and the policy covered the user, from the fact until it was handled.
 */
const wasOpenToOpen = (
  { watch, policy, users }: Ending,
  { fact, enqueuedAt, isKnown }: LedgerEntry,
  until: Date,
): boolean => {
  const states = watch.users.during(fact.sub, enqueuedAt, until);
  const plan = users.find(({ username }) => username === fact.username);
  const isCovered = policy.scope.kind === "all" || (policy.scope.kind === "group" && plan?.inGroup === true);
  return (
    isCovered &&
    (isKnown || policy.enrol) &&
    states.every((state) => isShownOpen(state, isKnown) && !state.isGone && !state.isFederated)
  );
};

/**
 * Returns whether sign-ins ask for no factor, and Cognito shows that. While the pool's MFA is off, listed factors
 * count: sign-ins ask for them again when it is on. For a user who was never known, Cognito does not show whether
 * sign-ins ask for a listed app.
 */
const isShownOpen = ({ active, asked }: UserState, isKnown: boolean): boolean =>
  asked.length === 0 && active.every((factor) => factor === "SOFTWARE_TOKEN_MFA" && isKnown);
