import { currentInvocation } from "@cognito-mfa-lifecycle/local-aws/lambda/invocation.ts";
import type { MemoryDynamoDb } from "@cognito-mfa-lifecycle/local-aws/memory-dynamodb/memory-dynamodb.ts";
import type { Answered, Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { names } from "../local/service-names.ts";
import { day, minute } from "../shared/config/duration.ts";
import type { Policy } from "../shared/config/policy.ts";
import { failedRecordsLedger } from "../shared/ledgers/failed-record.ts";
import { clockDifference } from "../shared/runtime/clock-difference.ts";
import { plus } from "../shared/runtime/instants.ts";
import { emailMfaIsOn } from "../shared/users/factors.ts";
import type { ClosedWindow, Window } from "../shared/windows/window.ts";
import { heartbeatMissing, overdueAlarm } from "./alarms.ts";
import { FactLedger } from "./fact-ledger.ts";
import type { MetricValue } from "./invocation-telemetry.ts";
import type { People } from "./people.ts";
import { TableView } from "./table-view.ts";
import type { Timeline } from "./timeline.ts";
import { asksByEmail, UserHistory, type UserState } from "./user-history.ts";
import { changing, changingClosed, closing, opening } from "./window-rules.ts";

/** A broken promise. */
export interface Violation {
  at: Date;
  rule: string;
  username?: string;
}

interface Options {
  now: () => Date;
  start: Date;
  policy: Policy;
  /** The maximum difference between the clocks of the functions, in milliseconds. */
  margin: number;
  timeline: Timeline;
  table: MemoryDynamoDb;
  values: readonly MetricValue[];
}

type Read = UserState & { sub: string; readAt: Date };

const none = { active: [] };

/** The caller who writes forged rows. */
export const forger = "forger";

/** Observes the service at every call and once a minute, and records each broken promise. */
export class Watch {
  readonly violations: Violation[] = [];
  readonly users: UserHistory;
  readonly windows = new TableView();
  readonly facts = new FactLedger();
  /** When each window was first and last open in the table. */
  readonly opened = new Map<string, { window: Window; from: Date; until?: Date }>();
  /** Invocations with slow calls. All others read window and user in the same instant, once it is their turn. */
  readonly delayed = new WeakSet<object>();
  readonly #options: Options;
  /** The ends of each window over time, with the start of each. */
  readonly #dues = new Map<string, { dueAt: Date; from: Date }[]>();
  /**
   * The reads of each username by each invocation, newest last. An invocation can handle the same user twice in
   * parallel.
   */
  readonly #reads = new WeakMap<object, Map<string, Read[]>>();
  /** The time of each invocation's first call. It had read nothing before. */
  readonly #begun = new WeakMap<object, Date>();

  constructor(options: Options) {
    this.#options = options;
    this.users = new UserHistory(options.now);
  }

  /** Runs the checks after a call. */
  onCall(call: Call, answer: Answered, people: People, look: (by: string) => void): void {
    const { operation, service, caller, input } = call;
    const invocation = currentInvocation.getStore();
    if (invocation !== undefined && !this.#begun.has(invocation)) this.#begun.set(invocation, this.#options.now());
    if (service === "cognito-idp") {
      look(caller);
      const username = String(input["Username"]);
      const isFound = answer.status === 200;
      if (operation === "AdminGetUser" && (isFound || answer.error === "UserNotFoundException")) {
        this.#noteRead(username, isFound ? people : undefined);
      }
      if (operation === "AdminSetUserMFAPreference") this.#onSetMfa(call);
    }
    if (service === "DynamoDB" && operation !== "Query" && operation !== "GetItem") this.lookAtTable(caller);
    if (service === "Scheduler" && operation === "CreateSchedule") this.#onTimer(call);
  }

  lookAtTable(by: string): void {
    for (const { before, after } of this.windows.look(this.#options.table.items(names.windowsTable), by)) {
      if (by === forger) this.#onForged(after.open);
      else if (after.open) this.#onOpen(before.open, after.open, by);
      else if (before.open) this.#onEnd(before.open, after.closed);
      if (after.closed && by !== forger) this.#onClosed(before.closed, after.closed);
      else if (before.closed && after.closed === undefined) this.violate("a closed window was deleted", before.closed);
    }
  }

  /** Runs the checks of each minute: while a user is exempt past due, an alarm must be firing. */
  onMinute(): void {
    const { now, start, policy, margin, values } = this.#options;
    if (policy.mode === "observe") return;
    for (const window of this.windows.open()) {
      const state = this.users.now(window.sub);
      if (state === undefined || state.isGone || asksByEmail(state)) continue;
      if (window.dueAt.getTime() - now().getTime() > 31 * day) {
        const since = this.opened.get(window.windowId)?.from ?? now();
        const known = now().getTime() - since.getTime();
        if (
          known > policy.overdueTolerance + heartbeatMissing + margin + minute &&
          overdueAlarm(values, now(), start) === undefined
        ) {
          this.violate("a window that is due beyond every cap, and no alarm stands", window);
        }
        continue;
      }
      // A late fact can open a window that is already past due. Before that, the service could not know of it.
      const from = Math.max(window.dueAt.getTime(), this.opened.get(window.windowId)?.from.getTime() ?? 0);
      const late = now().getTime() - from;
      if (late <= policy.overdueTolerance + heartbeatMissing + margin + minute) continue;
      if (overdueAlarm(values, now(), start) === undefined) {
        this.violate(`exempt ${Math.round(late / minute)} minutes past due, and no alarm stands`, window);
      }
    }
  }

  /** Returns the ids of the remembered records in the table, which are not yet handled. */
  remembered(): string[] {
    return [...this.#options.table.items(names.windowsTable)]
      .filter(({ user }) => String(user?.["S"]).startsWith(`${failedRecordsLedger}#`))
      .map(({ item }) => String(item?.["S"]));
  }

  /** Runs the checks after a sign-in that post-authentication neither recorded nor reported as failed. */
  onSilentSignIn(userPoolId: string, sub: string): void {
    const { now, policy, margin } = this.#options;
    const state = this.users.now(sub);
    if (state === undefined || state.isGone || state.isFederated) return;
    const seen = this.windows.seen(userPoolId, sub);
    const age = now().getTime() - (seen?.checkedAt?.getTime() ?? -Infinity);
    if (this.windows.open().some((window) => window.sub === sub)) {
      this.violate("a sign-in during a window was not recorded", state);
    } else if (age > policy.verifyEvery + margin || age < -margin - clockDifference) {
      this.violate("a sign-in of a user whom nobody has looked at was not recorded", state);
    } else if (this.#hasDrifted(sub)) this.violate("a sign-in of a user who is watched was not recorded", state);
  }

  #hasDrifted(sub: string): boolean {
    return this.windows
      .closed()
      .some(
        (window) => window.sub === sub && window.origin === "drift" && emailMfaIsOn(window.evidence?.after ?? none),
      );
  }

  violate(rule: string, about?: { username: string }): void {
    if (this.violations.some((known) => known.rule === rule && known.username === about?.username)) return;
    this.#options.timeline.add("VIOLATION", `${rule}${about === undefined ? "" : ` (${about.username})`}`);
    this.violations.push({ at: this.#options.now(), rule, ...(about && { username: about.username }) });
  }

  /** Records a read. `people` is undefined when Cognito did not find the user, even falsely. */
  #noteRead(username: string, people: People | undefined): void {
    const invocation = currentInvocation.getStore();
    if (invocation === undefined) return;
    const sub = people?.find(username)?.sub;
    const state = sub === undefined ? undefined : this.users.now(sub);
    const reads = this.#reads.get(invocation) ?? new Map<string, Read[]>();
    this.#reads.set(invocation, reads);
    const readAt = this.#options.now();
    const none = { active: [], asked: [], isFederated: false };
    const gone = { ...none, at: readAt, by: "", username, isGone: true, sub: "", readAt };
    const read = state && sub !== undefined ? { ...state, sub, readAt } : gone;
    reads.set(username, [...(reads.get(username) ?? []), read]);
  }

  #readsOf(username: string): Read[] {
    return this.#reads.get(currentInvocation.getStore() ?? this)?.get(username) ?? [];
  }

  #onOpen(before: Window | undefined, after: Window, by: string): void {
    const { policy, margin, now } = this.#options;
    this.#dues.set(after.windowId, [...(this.#dues.get(after.windowId) ?? []), { dueAt: after.dueAt, from: now() }]);
    if (before !== undefined) {
      const broken = changing(before, after, margin);
      if (broken !== undefined) this.violate(broken, after);
      return;
    }
    if (this.opened.has(after.windowId)) this.violate("a window opened twice", after);
    this.opened.set(after.windowId, { window: after, from: now() });
    const broken = opening(after, policy.maxWindow);
    if (broken !== undefined) this.violate(broken, after);
    const read = this.#readsOf(after.username).at(-1);
    if (read === undefined || read.sub !== after.sub) this.violate("a window opened without reading the user", after);
    else if (read.isFederated) this.violate("a window for a federated user", after);
    else if (by === "record-reset" && isShownProtected(read, this.users.everHadEmailMfa(after.sub)))
      this.violate("a window for a protected user", after);
    else if ((policy.scope.kind === "known" || !policy.enrol) && !this.users.everHadEmailMfa(after.sub)) {
      this.violate("a window for a user who never had Email MFA", after);
    }
  }

  #onForged(window: Window | undefined): void {
    if (window !== undefined) this.opened.set(window.windowId, { window, from: this.#options.now() });
  }

  #onEnd(window: Window, closed: ClosedWindow | undefined): void {
    const opened = this.opened.get(window.windowId);
    if (opened !== undefined) opened.until = this.#options.now();
    if (closed === undefined) return this.violate("an open window that vanished", window);
    if (closed.version !== window.version + 1)
      this.violate("a close written over a version it was not made from", window);
    if (closed.facts.length < window.facts.length && window.facts.length < 50) {
      this.violate("a closed window that lacks facts of the open one", window);
    }
  }

  #onClosed(before: ClosedWindow | undefined, after: ClosedWindow): void {
    const { margin } = this.#options;
    const broken = before === undefined ? undefined : changingClosed(before, after);
    if (broken !== undefined) this.violate(broken, after);
    if (before?.closedAt.getTime() === after.closedAt.getTime() && before.outcome === after.outcome) return;
    const user = this.users.now(after.sub);
    if (after.outcome === "user-gone" && user?.isGone === false)
      this.violate("closed as user-gone, and the user is there", after);
    const untrue = closing(after, this.#dueWhenClosed(after), this.#readsOf(after.username), margin);
    if (untrue !== undefined) this.violate(untrue, after);
    this.#onEnded(after);
  }

  /** Checks that a user whose window ends with Email MFA on is asked for a code at a sign-in. */
  #onEnded({ outcome, sub, username }: ClosedWindow): void {
    const [read] = this.#readsOf(username).filter((one) => one.sub === sub);
    if (read === undefined || (outcome !== "re-enabled" && outcome !== "already-enabled")) return;
    // The service may know the pool's setting from up to a minute before.
    const states = this.users.during(sub, plus(read.readAt, -minute), this.#options.now());
    if (!states.some(asksByEmail)) this.violate(`closed as ${outcome}, and no sign-in asks for a code`, { username });
  }

  /**
   * Returns the earliest end of the window since the worker read it. A later change may come too late for the worker.
   */
  #dueWhenClosed({ windowId, username, sub, dueAt }: ClosedWindow): Date {
    const dues = this.#dues.get(windowId) ?? [];
    const invocation = currentInvocation.getStore() ?? this;
    const read = this.#readsOf(username).find((one) => one.sub === sub);
    const isExact = read !== undefined && !this.delayed.has(invocation);
    const since = isExact ? read.readAt : (this.#begun.get(invocation) ?? this.#options.now());
    const inForce = dues.filter((_, index) => (dues[index + 1]?.from ?? since) >= since).map((due) => due.dueAt);
    const ends = isExact && inForce.length > 0 ? inForce : [...inForce, dueAt];
    return ends.reduce((first, due) => (due < first ? due : first));
  }

  #onSetMfa({ caller, input }: Call): void {
    if (caller !== "re-enable-mfa" && caller !== "operator") return;
    const about = { username: String(input["Username"]) };
    const reads = this.#readsOf(about.username);
    const read = reads.findLast(({ isGone }) => !isGone);
    const { mode } = this.#options.policy;
    if (!onlyEmail(input)) {
      this.violate("other factors sent", about);
    }
    if (read === undefined) return this.violate("a user changed who was not read", about);
    if (read.isFederated) return this.violate("a federated user touched", about);
    // An operator's window ends in any mode. A forged one looks like it when operators cannot open windows.
    if (mode === "observe" && !this.#hadWindow(read.sub, "operator")) {
      this.violate("Cognito changed in observe mode", about);
    }
    const isOpen = this.windows.open().some(({ sub }) => sub === read.sub);
    if (!isOpen && !this.#hadWindow(read.sub)) this.violate("a user touched who never had a window", about);
    const settings = input["EmailMfaSettings"] as { Enabled?: boolean; PreferredMfa?: boolean };
    // The call of a slow operator can arrive after the window has ended correctly.
    if (settings.Enabled === false && !isOpen && !this.delayed.has(currentInvocation.getStore() ?? this)) {
      this.violate("Email MFA switched off, and no window open", about);
    }
    if (settings.Enabled === true && reads.every(emailMfaIsOn)) this.violate("a protected user touched", about);
    if (settings.PreferredMfa === true && reads.every((one) => this.#prefersOther(one))) {
      this.violate("a preference taken away", about);
    }
  }

  /** Returns whether sign-ins asked for another factor that they would not have asked for before the user's window. */
  #prefersOther({ preferred, active, asked, sub, readAt }: Read): boolean {
    if (preferred !== undefined) return isOther(preferred);
    const isGivenBack = [...this.opened.values()].some(
      ({ window, from, until = readAt }) =>
        window.sub === sub && from <= readAt && readAt <= until && window.factorsBefore.preferred === "EMAIL_OTP",
    );
    return !isGivenBack && active.some((factor) => isOther(factor) && asked.includes(factor));
  }

  #hadWindow(sub: string, origin?: Window["origin"]): boolean {
    return [...this.opened.values()].some(
      ({ window }) => window.sub === sub && (origin === undefined || window.origin === origin),
    );
  }

  #onTimer({ input }: Call): void {
    const [windowId] = String(input["Name"]).split(".");
    if (windowId === undefined || !this.opened.has(windowId)) this.violate("a timer made before its window");
  }
}

const isOther = (factor: string): boolean => factor !== "EMAIL_OTP";

/**
 * Returns whether Cognito shows a factor that sign-ins ask for. An app alone does not count for a `known` user, because
 * Cognito does not show whether sign-ins still ask for it.
 */
const isShownProtected = ({ active, asked }: UserState, known: boolean): boolean =>
  active.some((factor) => asked.includes(factor) && (factor !== "SOFTWARE_TOKEN_MFA" || !known));

const onlyEmail = (input: Record<string, unknown>): boolean =>
  Object.keys(input).every((name) => ["UserPoolId", "Username", "EmailMfaSettings"].includes(name));
