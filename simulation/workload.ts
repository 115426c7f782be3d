import { names } from "../local/service-names.ts";
import { minute } from "../shared/config/duration.ts";
import type { Window } from "../shared/windows/window.ts";
import type { Faults } from "./faults.ts";
import type { OperatorAct } from "./operators.ts";
import type { People } from "./people.ts";
import { Random } from "./random.ts";
import type { Scenario, UserPlan } from "./scenario.ts";

/** Everything that the workload acts on. */
export interface Stage {
  scenario: Scenario;
  random: Random;
  people: People;
  faults: Faults;
  now: () => Date;
  /** Runs a task at an instant, concurrently with other tasks. */
  at: (instant: Date, task: () => unknown) => void;
  operate: (act: OperatorAct) => Promise<void>;
  openWindow: (username: string) => Window | undefined;
  /** Reports a sign-in as Cognito does, without the information that the user is federated. */
  reportSignIn: (username: string) => Promise<void>;
  send: (queueName: string, body: string) => void;
  purge: (queueName: string) => void;
  deleteTimer: () => void;
  deleteTimers: () => void;
  outage: (service: string, milliseconds: number) => void;
}

const second = 1000;

type Act = (stage: Stage, user: UserPlan) => unknown;

/** Draws and plans all acts of people and operators, and all accidents, in this run. */
export const planWorkload = (stage: Stage): void => {
  const { scenario, random, at } = stage;
  const span = scenario.faultsEnd.getTime() - scenario.start.getTime() - 2 * minute;
  const someTime = () => new Date(scenario.start.getTime() + 1000 + Math.floor(random.next() * span));
  for (const user of scenario.users) {
    for (let left = random.integer(2, 7); left > 0; left -= 1) {
      const act = random.pick(lives);
      at(someTime(), () => act(stage, user));
    }
  }
  for (let left = random.integer(0, 6); left > 0; left -= 1) {
    const act = random.pick(accidents);
    const user = random.pick(scenario.users);
    at(someTime(), () => act(stage, user));
  }
  // A separate source, so that seeds that have found bugs still draw the rest as before.
  const again = new Random(`open again ${scenario.seed}`);
  for (const user of scenario.users) {
    if (!again.chance(0.4)) continue;
    const opens = new Date(scenario.start.getTime() + again.integer(second, span));
    at(opens, () => opensAgain({ ...stage, random: again }, user));
  }
};

const after = ({ at, now, random }: Stage, least: number, most: number, task: () => unknown): void =>
  at(new Date(now().getTime() + random.integer(least, most)), task);

const signIn: Act = ({ people }, { username }) => people.signIn(username);

const handOff: Act = ({ people, faults }, { username }) => {
  faults.struck("Email MFA switched off by hand", username);
  return people.setMfa(username, { EmailMfaSettings: { Enabled: false, PreferredMfa: false } });
};

const handOn: Act = ({ people, faults }, { username }) => {
  faults.struck("Email MFA switched on by hand", username);
  return people.setMfa(username, { EmailMfaSettings: { Enabled: true, PreferredMfa: true } });
};

const switchTotp: Act = ({ people, faults, random }, { username }) => {
  faults.struck("another factor changed by hand", username);
  return people.switchTotp(username, random.chance(0.6), random.chance(0.5));
};

const openBy = ({ operate, scenario, random }: Stage, username: string, by: string): Promise<void> =>
  operate({
    act: "open",
    username,
    by,
    gracePeriod: random.pick([0, minute, 10 * minute, 40 * minute, scenario.users.length * minute]),
  });

/** The article's story: a window, a reset, a sign-in without MFA. */
const story: Act = async (stage, user) => {
  await openBy(stage, user.username, "ivy");
  after(stage, second, 8 * minute, async () => {
    await stage.people.forgetPassword(user.username);
    after(stage, second, 15 * minute, async () => {
      await stage.people.resetPassword(user.username);
      after(stage, second, 20 * minute, () => stage.people.signIn(user.username));
    });
  });
};

const forgets: Act = (stage, { username }) => {
  after(stage, second, 20 * minute, () => stage.people.resetPassword(username));
  return stage.people.forgetPassword(username);
};

const flood: Act = (stage, { username }) => {
  for (let left = stage.random.integer(3, 12); left > 0; left -= 1) {
    after(stage, 0, 2 * minute, () => stage.people.forgetPassword(username));
  }
};

const extend: Act = ({ operate, random }, { username }) =>
  operate({ act: "extend", username, by: "ivy", milliseconds: random.pick([minute, 20 * minute, 90 * minute]) });

const close: Act = ({ operate }, { username }) => operate({ act: "close", username, by: "ivy" });

const twoOperators: Act = (stage, user) => {
  stage.faults.struck("two operators at once", user.username);
  const acts: Act[] = [
    (at, { username }) => openBy(at, username, "ivy"),
    (at, { username }) => openBy(at, username, "bob"),
  ];
  acts.push(extend, extend, close, close);
  for (let left = 2; left > 0; left -= 1) void stage.random.pick(acts)(stage, user);
};

/** The user requests a code now, and uses it in the second in which the window falls due. */
const resetWhenDue: Act = async (stage, { username }) => {
  await stage.people.forgetPassword(username);
  const window = stage.openWindow(username);
  if (window === undefined || window.dueAt <= stage.now()) return;
  stage.at(new Date(window.dueAt.getTime() + stage.random.pick([-1000, 0, 0, 1, 1000])), () => {
    stage.faults.struck("reset in the second of due", username);
    return stage.people.resetPassword(username);
  });
};

/**
 * The user asks again in the second in which the window falls due. The operator opens one before the old one is closed.
 */
const opensAgain: Act = async (stage, { username }) => {
  const { at, now, faults, people, openWindow } = stage;
  await openBy(stage, username, "ivy");
  const first = openWindow(username);
  if (first === undefined) return;
  const look = () => {
    const window = openWindow(username);
    if (window?.windowId !== first.windowId) return undefined;
    if (people.find(username)?.activeFactors.has("EMAIL_OTP") === true && window.dueAt <= now()) {
      faults.struck("opened again while it was closing", username);
      return openBy(stage, username, "ivy");
    }
    at(new Date(Math.max(now().getTime() + second, window.dueAt.getTime())), look);
    return undefined;
  };
  at(first.dueAt, look);
};

const leaves: Act = async ({ people, faults, random, at, now }, user) => {
  faults.struck("user deleted", user.username);
  await people.delete(user.username);
  if (random.chance(0.3)) return;
  at(new Date(now().getTime() + random.integer(0, 30 * minute)), () => {
    faults.struck("user created again under the same name", user.username);
    return people.create(user.kind === "federated" ? { ...user, kind: "email" } : user);
  });
};

const signInUnmarked: Act = ({ reportSignIn }, { username }) => reportSignIn(username);

const lives: Act[] = [
  ...[story, story, story, forgets, forgets, signIn, signIn, signIn, resetWhenDue, resetWhenDue],
  ...[handOff, handOff, handOn, switchTotp, extend, close, twoOperators, leaves, flood, signInUnmarked],
];

const purge =
  (queueName: string): Act =>
  ({ purge: empty, faults }) => {
    faults.struck(`${queueName} queue purged`);
    empty(queueName);
  };

const loseTimer: Act = ({ deleteTimer }) => deleteTimer();

const loseGroup: Act = ({ deleteTimers, faults }) => {
  faults.struck("schedule group deleted");
  deleteTimers();
};

/** A newer version of the service sends messages to this one. Others are malformed. */
const deploy: Act = ({ send, faults, random }, { username }) => {
  faults.struck("message of an unknown version");
  const next = { version: 2, kind: "reset-requested", user: username };
  send(random.pick([names.recordsQueue, names.dueQueue]), JSON.stringify(next));
  send(random.pick([names.recordsQueue, names.dueQueue]), random.pick(["not JSON", "{}", "null", '{"version":1}']));
};

const breakDown: Act = ({ outage, random }) =>
  outage(random.pick(["cognito-idp", "DynamoDB", "SQS", "Scheduler"]), random.pick([minute, 10 * minute, 45 * minute]));

const accidents: Act[] = [
  ...[purge(names.recordsQueue), purge(names.dueQueue), loseTimer, loseTimer, loseGroup, deploy, deploy, breakDown],
  breakDown,
];
