import type { Wire } from "../local/stack.ts";
import type { Deps } from "../shared/lifecycle/deps.ts";
import { recordResetWith, reEnableWith } from "./rewire.ts";
import {
  acknowledging,
  both,
  byName,
  extendedBy,
  goneBefore,
  listAlone,
  lookedJustNow,
  namedByRecord,
  onlyBeating,
  otherFactors,
  overwrite,
  plain,
  poolUnasked,
  readOnce,
  skipReadBack,
  tableAfter,
  throwing,
  withoutDeadline,
  withoutHistory,
  withoutSendingAgain,
} from "./tampers.ts";

/** A deliberate bug in the simulation's wiring. The product does not have it. */
export interface Bug {
  name: string;
  what: string;
  /** The seed that found the bug last. It is tried first, which saves time while nothing has changed. */
  foundBy: number;
  /** At least one seed from 1 to this number finds the bug. */
  within: number;
  /** The functions with a different wiring. */
  wires?: Record<string, Wire>;
  operator?: (deps: Deps) => Deps;
}

/** The seeds that may find the bug, in the order in which to try them. */
export const seedsFor = function* ({ foundBy, within }: Pick<Bug, "foundBy" | "within">) {
  yield foundBy;
  for (let seed = 1; seed <= within; seed += 1) if (seed !== foundBy) yield seed;
};

export const bugs: readonly Bug[] = [
  {
    name: "skip-read-back",
    what: "a re-enable trusts Cognito's 200",
    foundBy: 2,
    within: 30,
    wires: { "re-enable-mfa": reEnableWith(skipReadBack) },
  },
  {
    name: "timer-before-table",
    what: "the timer is made before the window is written",
    foundBy: 2,
    within: 30,
    wires: { "record-reset": recordResetWith(tableAfter(({ timers }, window) => timers.plan(window))) },
    operator: tableAfter(({ timers }, window) => timers.plan(window)),
  },
  {
    name: "mfa-off-before-table",
    what: "an operator switches Email MFA off before writing the window",
    foundBy: 2,
    within: 30,
    operator: tableAfter(({ users }, { username }) =>
      users.setEmailMfa(username, { enabled: false, preferred: false }),
    ),
  },
  {
    name: "requests-extend",
    what: "a requested reset moves due",
    foundBy: 3,
    within: 60,
    wires: { "record-reset": recordResetWith(extendedBy("reset-requested", true)) },
  },
  {
    name: "extend-past-cap",
    what: "a confirmed reset moves due past the cap",
    foundBy: 4,
    within: 60,
    wires: { "record-reset": recordResetWith(extendedBy("reset-confirmed", false)) },
  },
  {
    name: "swallow-throw",
    what: "record-reset acknowledges failed messages",
    foundBy: 6,
    within: 30,
    wires: { "record-reset": acknowledging(recordResetWith(plain)) },
  },
  {
    name: "no-reconciler",
    what: "the reconciler sends its heartbeat and does nothing else",
    foundBy: 6,
    within: 60,
    wires: { reconcile: onlyBeating },
  },
  {
    name: "ignore-version",
    what: "a change overwrites concurrent changes",
    foundBy: 68,
    within: 200,
    wires: both(overwrite),
  },
  {
    name: "never-sent-again",
    what: "records that the queue refused are remembered and never sent",
    foundBy: 9,
    within: 30,
    wires: { reconcile: withoutSendingAgain },
  },
  {
    name: "acknowledge-malformed",
    what: "a malformed message is dropped",
    foundBy: 1,
    within: 30,
    wires: both(() => ({ deadLetters: { send: async () => undefined } })),
  },
  {
    name: "touch-federated",
    what: "federated users are treated as local ones",
    foundBy: 3,
    within: 60,
    wires: {
      "record-reset": recordResetWith(({ users }) => ({
        users: {
          ...users,
          async read(username) {
            const user = await users.read(username);
            return user === "gone" ? user : { ...user, federated: false };
          },
        },
      })),
    },
  },
  {
    name: "touch-protected",
    what: "Email MFA is switched on regardless of the user's factors",
    foundBy: 3,
    within: 30,
    wires: {
      "re-enable-mfa": reEnableWith(({ users }) => {
        const looked = new Set<string>();
        return {
          users: {
            ...users,
            async read(username) {
              const user = await users.read(username);
              if (user === "gone" || looked.delete(username)) return user;
              looked.add(username);
              return { ...user, factors: { active: user.factors.active.filter((factor) => factor !== "EMAIL_OTP") } };
            },
          },
        };
      }),
    },
  },
  {
    name: "send-other-factors",
    what: "a re-enable also sends the other factors",
    foundBy: 2,
    within: 30,
    wires: { "re-enable-mfa": reEnableWith(otherFactors) },
  },
  {
    name: "forget-evidence",
    what: "a window is closed without its evidence",
    foundBy: 2,
    within: 30,
    wires: both(({ windows }) => ({
      windows: {
        ...windows,
        close: (closed, look, row) => windows.close({ ...closed, evidence: undefined }, look, row),
      },
    })),
  },
  {
    name: "forget-the-history",
    what: "a new window overwrites the closed one before it",
    foundBy: 2,
    within: 30,
    wires: both(withoutHistory),
    operator: (deps) => ({ ...deps, ...withoutHistory(deps) }),
  },
  {
    name: "key-by-name",
    what: "the current user of the name is taken for the window's user",
    foundBy: 31,
    within: 200,
    wires: { "re-enable-mfa": reEnableWith(byName) },
  },
  {
    name: "give-up",
    what: "a window whose re-enable failed twice is not tried again",
    foundBy: 15,
    within: 100,
    wires: {
      "re-enable-mfa": reEnableWith(({ windows }) => ({
        windows: {
          ...windows,
          async findToChange(user, windowId) {
            const found = await windows.findToChange(user, windowId);
            return (found.open?.attempts ?? 0) > 1 ? { version: found.version } : found;
          },
        },
      })),
    },
  },
  {
    name: "drop-late-facts",
    what: "a fact that comes after its window closed is dropped",
    foundBy: 36,
    within: 200,
    wires: {
      "record-reset": recordResetWith(({ windows }) => ({
        windows: { ...windows, updateClosed: async () => "updated" },
      })),
    },
  },
  {
    name: "switch-off-in-silence",
    what: "an operator switches Email MFA off without a mark on the window",
    foundBy: 32,
    within: 200,
    operator: (deps) => ({
      ...deps,
      windows: {
        ...deps.windows,
        update: async (window) =>
          window.switchingOffVersion === window.version ? window : deps.windows.update(window),
      },
    }),
  },
  {
    name: "trigger-throws",
    what: "a trigger returns its failures to Cognito",
    foundBy: 22,
    within: 60,
    wires: { "custom-message": throwing },
  },
  {
    name: "believe-the-name",
    what: "a window is judged by the username on a record",
    foundBy: 7,
    within: 60,
    wires: { "record-reset": recordResetWith(namedByRecord) },
  },
  {
    name: "gone-at-once",
    what: "one answer that the user does not exist closes the window",
    foundBy: 6,
    within: 60,
    wires: { "re-enable-mfa": reEnableWith(goneBefore) },
  },
  {
    name: "believe-the-future",
    what: "a look with a date in the future counts as a look",
    foundBy: 7,
    within: 200,
    wires: { "post-authentication": lookedJustNow },
  },
  {
    name: "forget-the-watch",
    what: "a user who drifted is not watched",
    foundBy: 6,
    within: 200,
    wires: both(({ windows }) => ({
      windows: {
        ...windows,
        noteLook: (user, look, row) => windows.noteLook(user, { ...look, watchedUntil: undefined }, row),
        close: (closed, look, row) => windows.close(closed, look && { ...look, watchedUntil: undefined }, row),
      },
    })),
  },
  {
    name: "list-is-truth",
    what: "the listed factors alone say whether a user is protected",
    foundBy: 15,
    within: 30,
    wires: { "record-reset": recordResetWith(listAlone), "re-enable-mfa": reEnableWith(poolUnasked) },
  },
  {
    name: "forget-the-time",
    what: "a worker starts work that it has no time to finish",
    foundBy: 22,
    within: 200,
    wires: { "record-reset": withoutDeadline(recordResetWith(plain)) },
  },
  {
    name: "stale-turn",
    what: "a window is read before the wait for a turn, and not again after",
    foundBy: 29,
    within: 200,
    wires: { "re-enable-mfa": reEnableWith(readOnce) },
  },
  {
    name: "silent-overdue",
    what: "re-enables fail forever, and no metric shows overdue windows",
    foundBy: 2,
    within: 30,
    wires: {
      "re-enable-mfa": reEnableWith(({ users }) => ({
        users: { ...users, setEmailMfa: () => Promise.reject(new Error("a bug")) },
      })),
      reconcile: onlyBeating,
    },
  },
];
