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
  const now = watch.users.now(sub);
  const state = watch.users.switchedOff(sub);
  if (now === undefined || now.isGone || policy.mode === "observe" || asksByEmail(now) || state === undefined) return;
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
  if ((fact.kind !== "signed-in" || entry.isKnown) && wasOpenToOpen(ending, entry, handledAt)) {
    watch.violate(`a ${fact.kind} of an unprotected user that opened no window`, fact);
  }
};

/** By the clocks that wrote it down, and by the true one. */
const happenedDuring = (watch: Watch, window: ClosedWindow, { fact, enqueuedAt }: LedgerEntry): boolean => {
  const { from, until } = watch.opened.get(window.windowId) ?? {};
  const isHidden = ({ sub, openedAt, closedAt }: ClosedWindow) =>
    sub === window.sub && openedAt > window.openedAt && openedAt <= fact.at && closedAt >= farAhead;
  // A forged row behind the window is taken for the one that was open: what may write the table can do that.
  if (watch.windows.closed().some(isHidden)) return false;
  // In the same instant either may have been first.
  const truly = from !== undefined && until !== undefined && from < enqueuedAt && enqueuedAt < until;
  return truly && window.openedAt <= fact.at && fact.at <= window.closedAt;
};

/** Whether sign-ins asked for nothing, and the policy covered the user, from the fact until we were done with it. */
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
 * Whether sign-ins ask for nothing, and Cognito shows as much. What is on the list of a user in a pool whose MFA is off is asked
 * for again when it is on; and nothing tells the hollow app of a user who was never known from one that is asked for.
 */
const isShownOpen = ({ active, asked }: UserState, isKnown: boolean): boolean =>
  asked.length === 0 && active.every((factor) => factor === "SOFTWARE_TOKEN_MFA" && isKnown);
