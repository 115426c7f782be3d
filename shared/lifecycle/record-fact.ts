import type { ResetRecord } from "../../events/record.ts";
import { emailMfaIsOn, isProtected } from "../factors.ts";
import { describeError } from "../telemetry.ts";
import type { DirectoryUser } from "../user-directory.ts";
import {
  type ClosedWindow,
  hasNoted,
  mayBeSwitchedOff,
  noteFact,
  notBefore,
  openWindow,
  originOf,
  type Window,
  withFact,
} from "../window.ts";
import type { UserWindows } from "../window-store.ts";
import type { Deps } from "./deps.ts";
import { finishWindow } from "./finish-window.ts";
import { isInScope } from "./scope.ts";

/** What became of a fact. */
export type Recorded = "opened" | "noted" | "replayed" | "closed" | "protected" | "not-covered" | "user-gone";

/**
 * Puts a fact on the window during which it happened, open or closed, or opens one where the policy says so. Takes the
 * same fact any number of times, late and in any order. Throws where it could not find out or could not write: then the
 * fact is to be tried again.
 */
export const recordFact = async (deps: Deps, fact: ResetRecord): Promise<Recorded> => {
  for (;;) {
    const found = await deps.windows.find(fact);
    const done = await onWindowOf(deps, fact, found);
    if (done !== "conflict") return done;
  }
};

const onWindowOf = async (deps: Deps, fact: ResetRecord, found: UserWindows): Promise<Recorded | "conflict"> => {
  const past = await pastWindow(deps, fact, found);
  if (past !== undefined && hasNoted(past, fact)) return "replayed";
  if (found.open !== undefined && past === undefined) return onWindow(deps, fact, found.open);
  const looked = found.open === undefined ? await withoutWindow(deps, fact, found) : "noted";
  if (past === undefined || looked === "opened" || looked === "conflict") return looked;
  const written = await deps.windows.noteOnClosed(withFact(past, { id: fact.id, kind: fact.kind, at: fact.at }));
  return written === "noted" ? "noted" : "conflict";
};

/** The closed window during which the fact happened, or that has noted it already. */
const pastWindow = async (
  { windows }: Deps,
  fact: ResetRecord,
  { open, lastClosed }: UserWindows,
): Promise<ClosedWindow | undefined> => {
  // The copy of a window that is still being closed is not yet its last word.
  if (lastClosed === undefined || lastClosed.windowId === open?.windowId) return undefined;
  if (hasNoted(lastClosed, fact)) return lastClosed;
  if (fact.at > lastClosed.closedAt) return undefined;
  const around = fact.at < lastClosed.openedAt ? await windows.closedAround(fact, fact.at) : lastClosed;
  return around !== undefined && fact.at <= around.closedAt ? around : undefined;
};

const onWindow = async (deps: Deps, fact: ResetRecord, open: Window): Promise<Recorded | "conflict"> => {
  if (hasNoted(open, fact)) {
    // The delivery that noted it may have died before the timer was made.
    await deps.timers.plan(open);
    return "replayed";
  }
  const noted = await deps.windows.update(
    noteFact(open, { id: fact.id, kind: fact.kind, at: fact.at }, deps.policy, deps.clock.now()),
  );
  if (noted === "conflict") return "conflict";
  if (fact.kind === "signed-in") {
    const user = await readUser(deps, fact);
    if (user === "gone") return closedAs(await finishWindow(deps, noted, "user-gone"));
    if (
      emailMfaIsOn(user.factors) &&
      !mayBeSwitchedOff(noted, deps.clock.now()) &&
      // In a pool that asks nobody for a code the list proves nothing: the worker says so when the window is due.
      (await deps.users.poolMfa()) !== "OFF"
    ) {
      const evidence = { before: user.factors, after: user.factors };
      return closedAs(await finishWindow(deps, noted, "already-enabled", evidence));
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

const closedAs = (closed: unknown): Recorded => (closed === undefined ? "noted" : "closed");

const withoutWindow = async (
  deps: Deps,
  fact: ResetRecord,
  { seen, lastClosed }: UserWindows,
): Promise<Recorded | "conflict"> => {
  const { windows, policy, clock, telemetry } = deps;
  const user = await readUser(deps, fact);
  if (user === "gone") return "user-gone";
  if (user.federated) return "not-covered";
  const known = emailMfaIsOn(user.factors) || (seen?.known ?? false);
  if (isProtected(user.factors, known)) {
    await windows.putSeen(fact, { checkedAt: clock.now(), known });
    return "protected";
  }
  const origin = originOf(fact, { known, inScope: await isInScope(deps, user.username, known) }, policy);
  if (origin === "out-of-scope" || origin === "never-known") {
    await windows.putSeen(fact, { checkedAt: clock.now(), known });
    return "not-covered";
  }
  const now = notBefore(lastClosed, clock.now());
  const opened = openWindow({
    windowId: deps.newId(),
    user,
    origin,
    at: notBefore(lastClosed, fact.at),
    gracePeriod: policy.gracePeriod,
    policy,
    now,
  });
  const window = noteFact(opened, { id: fact.id, kind: fact.kind, at: fact.at }, policy, now);
  if ((await windows.open(window)) === "exists") return "conflict";
  telemetry.metrics.add("WindowOpened", 1, { name: "origin", value: origin });
  telemetry.log.info("window-opened", { sub: fact.sub, windowId: window.windowId, origin });
  await deps.timers.plan(window);
  return "opened";
};

/** The user of the fact; a user who has got the same name since is another one. */
const readUser = async ({ users }: Pick<Deps, "users">, fact: ResetRecord): Promise<DirectoryUser | "gone"> => {
  const user = await users.read(fact.username);
  return user === "gone" || user.sub !== fact.sub ? "gone" : user;
};
