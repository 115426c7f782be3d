import { minute } from "../shared/config/duration.ts";
import { plus } from "../shared/runtime/instants.ts";
import { Random } from "./random.ts";
import type { UserPlan } from "./scenario.ts";
import type { Stage } from "./workload.ts";

const second = 1000;

type Act = (stage: Stage, user: UserPlan) => unknown;

/**
 * Plans acts after which a user's listed factors differ from those that sign-ins ask for. It has its own source of
 * randomness, so that seeds that have found bugs still draw the rest as before.
 */
export const planHiddenFactors = (given: Stage): void => {
  const random = new Random(`hidden factors ${given.scenario.seed}`);
  const stage = { ...given, random };
  const { scenario, at } = stage;
  const span = scenario.faultsEnd.getTime() - scenario.start.getTime() - 2 * minute;
  const someTime = () => plus(scenario.start, random.integer(second, span));
  for (const user of scenario.users) {
    for (const [act, probability] of acts) if (random.chance(probability)) at(someTime(), () => act(stage, user));
  }
  if (random.chance(0.3)) at(someTime(), () => switchPool(stage));
};

const off = { EmailMfaSettings: { Enabled: false, PreferredMfa: false } };

/** Sets up SMS in the hosted UI, sometimes instead of Email MFA, and sometimes removes it again. */
const smsOfHostedUi: Act = async ({ people, faults, random, at, now }, { username }) => {
  faults.struck("SMS set up in the hosted UI", username);
  await people.setSmsOfHostedUi(username, true);
  if (random.chance(0.5)) await people.setMfa(username, off);
  await people.signIn(username);
  if (random.chance(0.5)) return;
  at(plus(now(), random.integer(minute, 30 * minute)), async () => {
    await people.setSmsOfHostedUi(username, false);
    await people.signIn(username);
  });
};

const smsBeside: Act = ({ people, faults }, { username }) => {
  faults.struck("SMS switched on beside", username);
  return people.setMfa(username, { SMSMfaSettings: { Enabled: true, PreferredMfa: false } });
};

/** Leaves only an authenticator app that is listed but that sign-ins do not ask for. The user continues to sign in. */
const hollowTotp: Act = async ({ people, faults, random, at, now }, { username }) => {
  faults.struck("listed app that is not asked for", username);
  await people.setMfa(username, off);
  await people.hollowTotp(username, random.chance(0.5));
  for (let left = 2; left > 0; left -= 1) {
    at(plus(now(), random.integer(second, 20 * minute)), () => people.signIn(username));
  }
};

const acts: readonly [Act, number][] = [
  [smsOfHostedUi, 0.12],
  [smsBeside, 0.06],
  [hollowTotp, 0.12],
];

/** An administrator switches the pool's MFA off, or requires it, for some time. */
const switchPool = async ({ people, faults, random, at, now, scenario }: Stage): Promise<void> => {
  const first = random.pick(["OFF", "ON"]);
  const next = random.pick(["OPTIONAL", "OPTIONAL", "OFF", "ON"]);
  faults.struck(`the pool's MFA switched to ${first}`);
  await people.switchPool(first);
  at(plus(now(), random.integer(minute, 40 * minute)), async () => {
    if (now() < scenario.faultsEnd) await people.switchPool(next);
  });
};
