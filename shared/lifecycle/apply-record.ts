import type { FactRecord } from "../../events/record.ts";
import { clockDifference, isFromTheFuture } from "../runtime/clock-difference.ts";
import { plus } from "../runtime/instants.ts";
import { reserve } from "../runtime/surroundings.ts";
import { describeError } from "../telemetry/telemetry.ts";
import { emailMfaIsOn, isProtected } from "../users/factors.ts";
import type { DirectoryUser } from "../users/user-directory.ts";
import { isRepeatedDrift, watch } from "../windows/seen.ts";
import { mayBeSwitchedOff } from "../windows/switching-off.ts";
import { hasNoted, noteFact, withFact } from "../windows/window-facts.ts";
import type { UserRow } from "../windows/window-items.ts";
import { type ClosedWindow, notBefore, openWindow, originOf, type Window } from "../windows/window.ts";
import type { Deps } from "./deps.ts";
import { finishWindow, type OpenRow } from "./finish-window.ts";
import { isInScope, isKnown } from "./scope.ts";

/**
 * The result for a fact. `drifted-again`: a window without a grace period was opened, for the second drift within a
 * month. `missing`: there is no such user, and one look does not decide that. `disbelieved`: the record names another
 * user than the window's. `no-time`: the row changed at every try, and the invocation ends too soon for another.
 */
export type Applied =
  | "opened"
  | "drifted-again"
  | "noted"
  | "replayed"
  | "closed"
  | "protected"
  | "not-covered"
  | "missing"
  | "disbelieved"
  | "no-time";

/**
 * Puts a fact on the window during which it happened, open or closed, or opens a window if the policy says so. Accepts
 * the same fact any number of times, late and in any order. A fact dated further ahead than clocks differ counts as of
 * now. On the last look, a user who is missing twice counts as gone. `timeLeft` returns the milliseconds until Lambda
 * ends the invocation. Throws if it could not read or write: then the fact must be tried again.
 */
export const applyRecord = async (
  deps: Deps,
  record: FactRecord,
  { isLastLook, timeLeft }: { isLastLook: boolean; timeLeft: () => number },
): Promise<Applied> => {
  const now = deps.clock.now();
  const fact = isFromTheFuture(record.at, now) ? { ...record, at: now } : record;
  for (;;) {
    const found = await deps.windows.findToChange(fact);
    const done = await apply(deps, fact, found, isLastLook);
    if (done !== "conflict") return done;
    if (timeLeft() < reserve) return "no-time";
  }
};

const apply = async (
  deps: Deps,
  fact: FactRecord,
  found: UserRow,
  isLastLook: boolean,
): Promise<Applied | "conflict"> => {
  const past = await pastWindow(deps, fact, found);
  if (past !== undefined && hasNoted(past, fact)) return "replayed";
  const about = past ?? found.open;
  if (about !== undefined && !(await isAbout(deps, fact, about))) return "disbelieved";
  if (found.open !== undefined && past === undefined)
    return noteOnOpenWindow(deps, fact, { ...found, open: found.open });
  const first = found.open === undefined ? await withoutWindow(deps, fact, found) : "noted";
  if (first === "missing" && !isLastLook) return first;
  // The previous delivery may have failed before it looked.
  const looked = first === "missing" ? await withoutWindow(deps, fact, found) : first;
  if (past === undefined || looked === "opened" || looked === "drifted-again" || looked === "conflict") {
    return looked;
  }
  const written = await deps.windows.updateClosed(withFact(past, { id: fact.id, kind: fact.kind, at: fact.at }));
  return written === "updated" ? "noted" : "conflict";
};

/**
 * Returns whether the record is about the window's user. Several roles may write to the queue that the record comes
 * from, so its username decides nothing: if it differs from the window's, Cognito must show that both names belong to
 * the same user.
 */
const isAbout = async ({ users }: Deps, { username, sub }: FactRecord, window: Window): Promise<boolean> => {
  if (username === window.username) return true;
  const user = await users.read(username);
  return user !== "gone" && user.sub === sub;
};

/** Returns the closed window during which the fact happened, or that has noted the fact already. */
const pastWindow = async (
  { windows, clock }: Deps,
  fact: FactRecord,
  { lastClosed, earlierClosedAt }: UserRow,
): Promise<ClosedWindow | undefined> => {
  const owns = (window: ClosedWindow) => hasNoted(window, fact) || isDuring(window, fact, clock.now());
  if (lastClosed !== undefined && (hasNoted(lastClosed, fact) || fact.at >= lastClosed.openedAt)) {
    return owns(lastClosed) ? lastClosed : undefined;
  }
  // A fact may be dated as far ahead as clocks differ.
  if (earlierClosedAt === undefined || fact.at > plus(earlierClosedAt, clockDifference)) return undefined;
  const earlier = await windows.findInHistory(fact, fact.at);
  return earlier !== undefined && owns(earlier) ? earlier : undefined;
};

/** Returns whether a closed window was open when the fact happened. Does not believe a close in the future. */
const isDuring = ({ closedAt }: ClosedWindow, { at }: Pick<FactRecord, "at">, now: Date): boolean =>
  at <= closedAt && !isFromTheFuture(closedAt, now);

const noteOnOpenWindow = async (deps: Deps, fact: FactRecord, row: OpenRow): Promise<Applied | "conflict"> => {
  const { open } = row;
  if (hasNoted(open, fact)) {
    // The delivery that noted the fact may have died before it made the timer.
    await deps.timers.plan(open);
    return "replayed";
  }
  const noted = await deps.windows.update(
    noteFact(open, { id: fact.id, kind: fact.kind, at: fact.at }, deps.policy, deps.clock.now()),
  );
  if (noted === "conflict") return "conflict";
  if (fact.kind === "signed-in") {
    const user = await readUser(deps, noted);
    if (
      user !== "gone" &&
      emailMfaIsOn(user.factors) &&
      !mayBeSwitchedOff(noted, deps.clock.now()) &&
      // If the pool's MFA is off, the list proves nothing. The worker reports that when the window is due.
      (await deps.users.poolMfa()) !== "OFF"
    ) {
      const evidence = { before: user.factors, after: user.factors };
      const closed = await finishWindow(deps, { ...row, open: noted }, "already-enabled", evidence);
      return closed === undefined ? "noted" : "closed";
    }
  }
  if (noted.dueAt.getTime() !== open.dueAt.getTime()) {
    await deps.timers.plan(noted);
    await deps.timers
      .cancel(open)
      .catch((error: unknown) => deps.telemetry.log.warn("timer-left", describeError(error)));
  }
  return "noted";
};

const withoutWindow = async (deps: Deps, fact: FactRecord, found: UserRow): Promise<Applied | "conflict"> => {
  const { windows, policy, clock } = deps;
  const user = await readUser(deps, fact);
  if (user === "gone") return "missing";
  if (user.federated) return "not-covered";
  const emailMfa = emailMfaIsOn(user.factors);
  const known = isKnown(user, found);
  const look = { checkedAt: clock.now(), known, emailMfa };
  if (isProtected(user.factors, known)) {
    // The user can remove the factor that took the place of Email MFA right after our look.
    const isNew = known && !emailMfa && found.seen?.emailMfa !== false;
    await windows.noteLook(fact, { ...look, ...(isNew && { watchedUntil: plus(clock.now(), watch) }) }, found);
    return "protected";
  }
  const origin = originOf(fact, { known, inScope: await isInScope(deps, user.username, known) }, policy);
  if (origin === "out-of-scope" || origin === "never-known") {
    await windows.noteLook(fact, look, found);
    return "not-covered";
  }
  return open(deps, fact, found, { ...user, known }, origin);
};

const open = async (
  deps: Deps,
  fact: FactRecord,
  found: UserRow,
  user: DirectoryUser & { known: boolean },
  origin: Window["origin"],
): Promise<Applied | "conflict"> => {
  const { windows, policy, clock, telemetry } = deps;
  const lastClosedAt = found.lastClosed?.closedAt ?? found.earlierClosedAt;
  const now = notBefore(lastClosedAt, clock.now());
  const repeats = origin === "drift" && isRepeatedDrift(found.seen, now);
  const opened = openWindow({
    windowId: deps.newId(),
    user,
    origin,
    at: notBefore(lastClosedAt, fact.at, now),
    gracePeriod: repeats ? 0 : policy.gracePeriod,
    policy,
    now,
  });
  const noted = noteFact(opened, { id: fact.id, kind: fact.kind, at: fact.at }, policy, now);
  const window = await windows.open(noted, found, user.known);
  if (window === "conflict") return "conflict";
  telemetry.metrics.add("WindowOpened", 1, { name: "origin", value: origin });
  telemetry.log.info("window-opened", { sub: fact.sub, windowId: window.windowId, origin });
  if (repeats) {
    telemetry.metrics.add("DriftRepeated", 1);
    telemetry.log.warn("drift-repeated", { sub: fact.sub, windowId: window.windowId });
  }
  await deps.timers.plan(window);
  return repeats ? "drifted-again" : "opened";
};

/** Returns the user with this name. Returns `gone` if another user has the name by now. */
const readUser = async (
  { users }: Pick<Deps, "users">,
  named: { username: string; sub: string },
): Promise<DirectoryUser | "gone"> => {
  const user = await users.read(named.username);
  return user === "gone" || user.sub !== named.sub ? "gone" : user;
};
