import { currentInvocation } from "@cognito-mfa-lifecycle/local-aws/lambda/invocation.ts";
import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { minute } from "../shared/config/duration.ts";
import { plus } from "../shared/runtime/instants.ts";
import { Random } from "./random.ts";
import type { UserPlan } from "./scenario.ts";
import type { Stage } from "./workload.ts";

/** A Stage with what the acts of this file need in addition. */
export interface AttackStage extends Stage {
  /** Sends a record that one of the triggers' roles could send. */
  forgeRecord: (username: string, claimedUsername: string) => void;
  /** Writes a row that the service itself never writes. */
  forgeRow: (username: string, kind: "open" | "seen" | "closed") => Promise<void>;
  /** Reports a sign-in of every user at once, so that the workers get full batches. */
  rush: () => void;
  /** Runs a task once, when re-enable-mfa next waits for its turn. */
  whenWorkerWaits: (task: () => void) => void;
  /** Runs a task once, after the next call that matches. */
  whenCalled: (matches: (call: Call) => boolean, task: () => void) => void;
}

const second = 1000;

type Attack = (stage: AttackStage, user: UserPlan) => unknown;

/**
 * Plans the acts of attackers and stubborn users, and bad luck, in this run. It has its own source of randomness, so
 * that seeds that have found bugs still draw the rest as before.
 */
export const planAttacks = (given: AttackStage): void => {
  const random = new Random(`attacks ${given.scenario.seed}`);
  const stage = { ...given, random };
  const { scenario, at } = stage;
  const span = scenario.faultsEnd.getTime() - scenario.start.getTime() - 2 * minute;
  for (const user of scenario.users) {
    for (const [attack, probability] of attacks) {
      if (!random.chance(probability)) continue;
      at(plus(scenario.start, random.integer(second, span)), () => attack(stage, user));
    }
  }
  if (random.chance(0.15)) at(plus(scenario.start, random.integer(second, span)), () => slowRush(stage));
  if (random.chance(0.3)) at(plus(scenario.start, random.integer(second, span)), () => extendAfterDue(stage));
  const own = new Random(`switch-off ${scenario.seed}`);
  if (own.chance(0.7)) {
    const user = own.pick(scenario.users);
    at(plus(scenario.start, own.integer(second, span)), () => switchOffWhileJudged(stage, user));
  }
};

const forgeRecord: Attack = ({ forgeRecord: forge, faults, random, scenario }, { username }) => {
  faults.struck("record with a name that is not the user's", username);
  forge(username, random.pick(["nobody", random.pick(scenario.users).username]));
};

const forgeRow: Attack = ({ forgeRow: forge, faults, random }, { username }) => {
  const kind = random.pick(["open", "seen", "closed"]);
  faults.struck("row from the future", `${kind} of ${username}`);
  return forge(username, kind);
};

/** A user switches Email MFA off with their own token whenever it is on, and continues to sign in. */
const insist: Attack = ({ at, now, people, faults, random, scenario }, { username }) => {
  faults.struck("user who switches Email MFA off again and again", username);
  const again = async () => {
    if (now() > plus(scenario.faultsEnd, -10 * minute)) return;
    await people.setMfa(username, { EmailMfaSettings: { Enabled: false, PreferredMfa: false } });
    await people.signIn(username);
    at(plus(now(), random.integer(5 * minute, 25 * minute)), again);
  };
  return again();
};

const attacks: readonly [Attack, number][] = [
  [forgeRecord, 0.3],
  [forgeRow, 0.08],
  [insist, 0.15],
];

/** Every call to AWS takes almost three seconds for a long time, while the workers get full batches. */
const slowRush = ({ faults, now, at, rush, random }: AttackStage): void => {
  const until = plus(now(), 30 * minute);
  for (const service of random.pick([["cognito-idp"], ["cognito-idp", "DynamoDB"]])) {
    faults.outages.push({ service, how: "slow", from: now(), until });
  }
  for (let left = random.integer(1, 3); left > 0; left -= 1) at(plus(now(), random.integer(second, 10 * minute)), rush);
};

/**
 * A user has Email MFA again and signs in. While record-reset is about to close the window, an operator switches Email
 * MFA off again, and the operator's process dies.
 */
const switchOffWhileJudged: Attack = async ({ operate, people, whenCalled, faults }, { username }) => {
  const open = () => operate({ act: "open", username, by: "ivy", gracePeriod: 20 * minute });
  await open();
  await people.setMfa(username, { EmailMfaSettings: { Enabled: true, PreferredMfa: true } });
  const isSwitchedOff = ({ caller, operation, input }: Call) =>
    caller === "operator" && operation === "AdminSetUserMFAPreference" && input["Username"] === username;
  whenCalled(isSwitchedOff, () => {
    faults.struck("switched off while a sign-in was judged", username);
    currentInvocation.getStore()?.fail("Killed", "The operator's terminal was closed.");
  });
  const row = `#${people.find(username)?.sub ?? ""}`;
  const isJudged = ({ caller, operation, input }: Call) =>
    caller === "record-reset" && operation === "GetItem" && JSON.stringify(input["Key"]).includes(row);
  whenCalled(isJudged, () => void open());
  await people.signIn(username);
};

/**
 * Many windows fall due in the same second. While the workers wait for their turns, an operator extends the windows.
 */
const extendAfterDue = async ({ operate, people, whenWorkerWaits, scenario, now, at, faults }: AttackStage) => {
  const due = plus(now(), 100 * second);
  for (const { username } of scenario.users) {
    await people.setMfa(username, { EmailMfaSettings: { Enabled: true, PreferredMfa: true } });
    const gracePeriod = due.getTime() - now().getTime();
    await operate({ act: "open", username, by: "ivy", gracePeriod });
  }
  whenWorkerWaits(() =>
    at(plus(now(), 1), () => {
      faults.struck("extended while they waited to be closed");
      for (const { username } of scenario.users) {
        void operate({ act: "extend", username, by: "ivy", milliseconds: 8 * minute });
      }
    }),
  );
};
