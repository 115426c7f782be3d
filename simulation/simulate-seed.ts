import { names } from "../local/service-names.ts";
import { day, hour, minute } from "../shared/config/duration.ts";
import { closeByOperator } from "../shared/lifecycle/operate.ts";
import { plus } from "../shared/runtime/instants.ts";
import { planAttacks } from "./attacks.ts";
import type { Bug } from "./bugs.ts";
import { checkEnding } from "./final-rules.ts";
import { forgeries } from "./forgeries.ts";
import { planHiddenFactors } from "./hidden-factors.ts";
import { Random } from "./random.ts";
import { drawScenario } from "./scenario.ts";
import type { Violation } from "./watch.ts";
import { planWorkload, type Stage } from "./workload.ts";
import { createWorld, type World } from "./world.ts";

/** The result of one seed. */
export interface Run {
  seed: number;
  lives: number;
  facts: number;
  windows: number;
  calls: number;
  faults: Record<string, number>;
  violations: Violation[];
  /** Equal for all runs of the same seed. */
  hash: string;
  /** Returns everything that happened, or only what concerns the given user. */
  timeline: (username?: string) => string[];
}

type Rubbish = { queueName: string; body: string; isPurged: boolean };

/** Runs one seed: some hours of people and faults, then no faults until every window should be closed. */
export const simulate = async (seed: number, bug?: Bug): Promise<Run> => {
  const scenario = drawScenario(seed);
  const world = await createWorld(scenario, bug);
  const { clock, watch, faults, timeline, people, look } = world;
  for (const user of scenario.users) await people.create(user);
  look("people");
  countSkews(world);
  const rubbish: Rubbish[] = [];
  plan(world, rubbish);
  const stop = everyMinute(world);
  await clock.advanceTo(scenario.faultsEnd);
  await mend(world);
  await untilQuiet(world);
  stop();
  watch.lookAtTable("end");
  checkEnding({
    watch,
    policy: world.stack.operator.policy,
    margin: world.margin,
    users: scenario.users,
    deadLetters: {
      records: drain(world, names.recordsDlq),
      due: drain(world, names.dueDlq),
      timers: drain(world, names.timerDlq),
    },
    rubbish,
  });
  await world.aws.stop();
  const others = scenario.users.map(({ username }) => username);
  return {
    seed,
    lives: watch.users.subs().length,
    facts: watch.facts.entries.size,
    windows: watch.opened.size,
    calls: world.calls(),
    faults: Object.fromEntries(faults.counts),
    violations: watch.violations,
    hash: timeline.hash(),
    timeline: (username) => timeline.lines(username === undefined ? undefined : { names: [username], others }),
  };
};

const countSkews = ({ scenario, faults }: World): void => {
  for (const [name, skew] of Object.entries(scenario.skews)) {
    if (skew !== 0) faults.struck("clock skewed", `${name} by ${skew / 1000} s`);
  }
};

const plan = (world: World, rubbish: Rubbish[]): void => {
  const { scenario, aws, clock, stack, watch, faults, people, timeline } = world;
  const random = new Random(`workload ${scenario.seed}`);
  const now = () => clock.now();
  const stage: Stage = {
    scenario,
    random,
    people,
    faults,
    now,
    at: (instant, task) => void clock.at(instant, () => void task()),
    openWindow: (username) => watch.windows.open().find((window) => window.username === username),
    async operate(act) {
      timeline.add("operator", `${act.by}: ${JSON.stringify(act)}`);
      const { payload, error } = { payload: undefined, ...(await aws.lambda.invoke("operator", act)) };
      timeline.add("operator", `… ${error === undefined ? JSON.stringify(payload) : error.errorMessage}`);
    },
    async reportSignIn(username) {
      const user = people.find(username) ?? people.find(`Corp_${username}`);
      if (user === undefined) return;
      faults.struck("sign-in reported without the user's status", user.username);
      await aws.lambda.invoke("post-authentication", {
        version: "1",
        triggerSource: "PostAuthentication_Authentication",
        userPoolId: stack.userPoolId,
        userName: user.username,
        request: { userAttributes: { sub: user.sub } },
        response: {},
      });
    },
    send(queueName, body) {
      rubbish.push({ queueName, body, isPurged: false });
      aws.sqs.findByName(queueName).send({ body, messageAttributes: {}, senderId: "deploy" }, 0);
    },
    purge(queueName) {
      if (queueName === names.recordsQueue) watch.facts.purged();
      for (const message of rubbish) message.isPurged ||= message.queueName === queueName;
      aws.sqs.findByName(queueName).purge();
    },
    deleteTimer() {
      const [first, ...more] = aws.scheduler.groups().some(({ name }) => name === names.scheduleGroup)
        ? aws.scheduler.list(names.scheduleGroup)
        : [];
      if (first === undefined) return;
      const { Name } = random.pick([first, ...more]).definition;
      faults.struck("schedule lost", Name);
      aws.scheduler.delete(names.scheduleGroup, Name);
    },
    deleteTimers() {
      if (aws.scheduler.groups().some(({ name }) => name === names.scheduleGroup)) {
        aws.scheduler.deleteGroup(names.scheduleGroup);
      }
    },
    outage(service, milliseconds) {
      const how = random.pick(["throttled", "server error", "unreachable"]);
      faults.outages.push({ service, how, from: now(), until: plus(now(), milliseconds) });
    },
  };
  planWorkload(stage);
  planHiddenFactors(stage);
  planAttacks({
    ...stage,
    ...forgeries(world),
    whenWorkerWaits: world.whenWorkerWaits,
    whenCalled: world.whenCalled,
    rush() {
      for (let more = 0; more < 4; more += 1)
        for (const { username } of scenario.users) void stage.reportSignIn(username);
    },
  });
};

/** Runs the watch's checks once a minute. Returns a function that stops this. */
const everyMinute = ({ clock, watch }: World): (() => void) => {
  let cancel: () => void = () => undefined;
  const next = () => {
    watch.onMinute();
    cancel = clock.at(plus(clock.now(), minute), next);
  };
  next();
  return () => cancel();
};

/**
 * Does what an administrator does after an alarm: sets the pool's MFA to optional, creates the schedule group again,
 * and closes impossible windows.
 */
const mend = async ({ aws, stack, watch, clock, people }: World): Promise<void> => {
  await people.switchPool("OPTIONAL");
  if (!aws.scheduler.groups().some(({ name }) => name === names.scheduleGroup)) {
    aws.scheduler.createGroup(names.scheduleGroup);
  }
  const impossible = watch.windows.open().filter(({ dueAt }) => dueAt > plus(clock.now(), 31 * day));
  for (const window of impossible) await closeByOperator(stack.operator, window, { by: "ivy" });
};

/** Runs without faults until no window is open and no message waits, but no longer than any window may take. */
const untilQuiet = async ({ clock, aws, watch, stack, scenario }: World): Promise<void> => {
  const longest = stack.operator.policy.maxWindow + 3 * hour;
  const isQuiet = () =>
    watch.windows.open().length === 0 &&
    watch.remembered().length === 0 &&
    [names.recordsQueue, names.dueQueue].every((name) => aws.sqs.findByName(name).nextVisibleAt() === undefined);
  while (!isQuiet() && clock.now() < plus(scenario.faultsEnd, longest)) await clock.advanceBy(10 * minute);
};

const drain = ({ aws }: World, queueName: string): string[] => {
  const queue = aws.sqs.findByName(queueName);
  const bodies: string[] = [];
  for (let batch = queue.receive(10); batch.length > 0; batch = queue.receive(10)) {
    bodies.push(...batch.map(({ body }) => body));
  }
  return bodies;
};
