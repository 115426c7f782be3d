import { emailMfaIsOn, isProtected } from "../../shared/factors.ts";
import type { Policy } from "../../shared/policy.ts";
import { type ClosedWindow, plus } from "../../shared/window.ts";
import { factOf, type LedgerEntry } from "./fact-ledger.ts";
import type { UserPlan } from "./scenario.ts";
import type { Watch } from "./watch.ts";
import { hasFact } from "./window-rules.ts";

interface Ending {
  watch: Watch;
  policy: Policy;
  /** How far the clocks of the functions are apart at most, in milliseconds. */
  margin: number;
  users: readonly UserPlan[];
  /** The bodies of the messages in each dead-letter queue. */
  deadLetters: { records: readonly string[]; due: readonly string[]; timers: readonly string[] };
  /** Messages that nobody could understand. */
  rubbish: readonly { queueName: string; body: string; isPurged: boolean }[];
}

/** What must hold when the faults have stopped and time has passed. */
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
  const state = watch.users.now(sub);
  if (state === undefined || state.isGone || policy.mode === "observe" || emailMfaIsOn(state)) return;
  // A call that takes effect when its window has long ended in order is nothing that anybody could promise about.
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
  if (fact.kind !== "signed-in" && wasOpenToOpen(ending, entry, handledAt)) {
    watch.violate(`a ${fact.kind} of an unprotected user that opened no window`, fact);
  }
};

/** By the clocks that wrote it down, and by the true one. */
const happenedDuring = ({ opened }: Watch, window: ClosedWindow, { fact, enqueuedAt }: LedgerEntry): boolean => {
  const { from, until } = opened.get(window.windowId) ?? {};
  const truly = from !== undefined && until !== undefined && from <= enqueuedAt && enqueuedAt <= until;
  return truly && window.openedAt <= fact.at && fact.at <= window.closedAt;
};

/** Whether the user was without any factor, and covered by the policy, from the fact until we were done with it. */
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
    states.every((state) => !isProtected(state, false) && !state.isGone && !state.isFederated)
  );
};
