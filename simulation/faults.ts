import type { Fault } from "@cognito-mfa-lifecycle/local-aws/faults.ts";
import type { Invocation } from "@cognito-mfa-lifecycle/local-aws/lambda/invocation.ts";
import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { minute } from "../shared/config/duration.ts";
import type { Random } from "./random.ts";
import { type FaultRates, functionNames } from "./scenario.ts";
import type { Timeline } from "./timeline.ts";

/** The callers whose calls can fail: the service's own. Calls of people and Cognito are part of the workload. */
const ours = new Set<string>([...functionNames, "operator", "scheduler"]);

/** How long a call to a slow service takes, in milliseconds: almost as long as a worker waits for it. */
const slowCall = 2_900;

/** The minimum time between two false answers that the same user does not exist: two looks must find the truth. */
const betweenLies = 15 * minute;

const failing: Record<Exclude<Outage["how"], "slow">, Fault> = {
  throttled: { kind: "throttle" },
  "server error": { kind: "server-error" },
  unreachable: { kind: "hang-up", effect: "before" },
};

/** A period in which every call to a service fails or is slow. */
export interface Outage {
  service: string;
  how: "throttled" | "server error" | "unreachable" | "slow";
  from: Date;
  until: Date;
}

interface Options {
  random: Random;
  /** A separate source, so that seeds that have found bugs still draw the rest as before. */
  lying: Random;
  rates: FaultRates;
  timeline: Timeline;
  now: () => Date;
  /** Whether faults still happen. */
  areOn: () => boolean;
  /** Performs a call some milliseconds later, when its caller no longer waits for it. */
  performLater: (call: Call, milliseconds: number) => void;
}

/** Draws faults from the seed, and counts those that strike. */
export class Faults {
  readonly outages: Outage[] = [];
  readonly counts = new Map<string, number>();
  readonly #options: Options;
  readonly #lies = new Map<string, number>();
  readonly #crashes = new WeakMap<Invocation, { atCall: number; side: "before" | "after" } | undefined>();

  constructor(options: Options) {
    this.#options = options;
  }

  struck(kind: string, on = ""): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    this.#options.timeline.add("fault", on === "" ? kind : `${kind}: ${on}`);
  }

  readonly ofCall = (call: Call): Fault | undefined => {
    if (!this.#options.areOn() || !ours.has(call.caller)) return undefined;
    const { random, lying, rates, performLater } = this.#options;
    const on = `${call.caller} ${call.operation}`;
    const outage = this.#outageOf(call.service);
    if (outage !== undefined && outage.how !== "slow") {
      this.struck(`${call.service} down`, on);
      return failing[outage.how];
    }
    const setsMfa = call.operation === "AdminSetUserMFAPreference";
    if ((setsMfa || call.operation === "AdminGetUser") && lying.chance(rates.notFound) && this.#mayLie(call)) {
      return this.#strike("a user not found who is there", on, {
        kind: "refuse",
        code: "UserNotFoundException",
        message: "User does not exist.",
      });
    }
    if (random.chance(rates.throttle)) return this.#strike("throttled", on, { kind: "throttle" });
    if (random.chance(rates.serverError)) return this.#strike("5xx", on, { kind: "server-error" });
    if (random.chance(rates.timeoutBefore)) {
      return this.#strike("timeout before the effect", on, { kind: "hang-up", effect: "before" });
    }
    if (random.chance(rates.timeoutAfter)) {
      return this.#strike("timeout after the effect", on, { kind: "hang-up", effect: "after" });
    }
    if (setsMfa && random.chance(rates.noEffect)) return this.#strike("200 without effect", on, { kind: "no-effect" });
    if (setsMfa && random.chance(rates.lateEffect)) {
      performLater(call, random.integer(1, 20_000));
      return this.#strike("timeout, and the effect comes later", on, { kind: "hang-up", effect: "before" });
    }
    return undefined;
  };

  readonly ofInvocation = (invocation: Invocation): "before" | "after" | undefined => {
    const { random, rates, areOn } = this.#options;
    if (!this.#crashes.has(invocation)) {
      const dies = areOn() && random.chance(rates.crash);
      const crash = { atCall: random.integer(1, 9), side: random.pick(["before", "after"]) };
      this.#crashes.set(invocation, dies ? crash : undefined);
    }
    const crash = this.#crashes.get(invocation);
    if (crash?.atCall !== invocation.calls) return undefined;
    this.struck("handler died", `${invocation.functionName} ${crash.side} call ${crash.atCall}`);
    return crash.side;
  };

  readonly ofMessage = ({ queueName }: { queueName: string }): [number, ...number[]] => {
    const { random, rates, areOn } = this.#options;
    if (!areOn() || queueName.endsWith("-dlq")) return [0];
    const lateness = (): number => {
      if (!random.chance(rates.late)) return 0;
      this.struck("late delivery", queueName);
      return random.integer(1, random.pick([1000, minute, 20 * minute]));
    };
    const arrivals: [number, ...number[]] = [lateness()];
    if (random.chance(rates.duplicate)) {
      this.struck("duplicate delivery", queueName);
      arrivals.push(lateness());
    }
    return arrivals;
  };

  /** Returns how long the network delays a call of the service, in milliseconds. */
  readonly slowness = (): number => {
    const { random, rates, areOn } = this.#options;
    if (!areOn() || !random.chance(rates.slow)) return 0;
    this.struck("slow call");
    return random.integer(1, random.pick([500, 4000, 40_000]));
  };

  /** Returns how long every call to a service takes at the moment, in milliseconds. */
  slownessOf(service: string | undefined): number {
    if (service === undefined || !this.#options.areOn() || this.#outageOf(service)?.how !== "slow") return 0;
    this.struck(`${service} slow`);
    return slowCall;
  }

  #outageOf(service: string): Outage | undefined {
    const now = this.#options.now();
    return this.outages.find((outage) => outage.service === service && outage.from <= now && now < outage.until);
  }

  #mayLie({ input }: Call): boolean {
    const username = String(input["Username"]);
    const now = this.#options.now().getTime();
    if (now - (this.#lies.get(username) ?? -Infinity) < betweenLies) return false;
    this.#lies.set(username, now);
    return true;
  }

  /** Returns how often Cognito calls a trigger for one event. */
  readonly triggerCalls = (functionName: string): number => {
    const { random, rates, areOn } = this.#options;
    if (!areOn()) return 1;
    if (random.chance(rates.triggerMissed)) {
      this.struck("trigger not called", functionName);
      return 0;
    }
    if (!random.chance(rates.triggerThrice)) return 1;
    this.struck("trigger called three times", functionName);
    return 3;
  };

  #strike(kind: string, on: string, fault: Fault): Fault {
    this.struck(kind, on);
    return fault;
  }
}
