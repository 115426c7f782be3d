import { FACTORS } from "@cognito-mfa-lifecycle/local-aws/cognito/pool-mfa.ts";
import { hasFactor, type User } from "@cognito-mfa-lifecycle/local-aws/cognito/user.ts";
import type { Factors } from "../shared/users/factors.ts";

/** A user's factors from an instant on, and who changed them. */
export interface UserState extends Factors {
  at: Date;
  by: string;
  username: string;
  /** The factors that a sign-in can really ask for, regardless of those listed as active. */
  asked: string[];
  isGone: boolean;
  isFederated: boolean;
}

/** Returns whether a sign-in asks for a code by email, or offers it. */
export const asksByEmail = ({ asked }: Pick<UserState, "asked">): boolean => asked.includes("EMAIL_OTP");

/** The true history of every user's factors, independent of the service's records. */
export class UserHistory {
  readonly #states = new Map<string, UserState[]>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Records the changes since the last look. */
  look(users: Iterable<User>, askedAtSignIn: (user: User) => string[], by: string): void {
    const present = new Set<string>();
    for (const user of users) {
      present.add(user.sub);
      this.#note(user.sub, {
        at: this.#now(),
        by,
        username: user.username,
        active: FACTORS.filter((factor) => hasFactor(user, factor)).sort(),
        preferred: user.preferredFactor,
        asked: askedAtSignIn(user),
        isGone: false,
        isFederated: user.attributes.has("identities"),
      });
    }
    for (const [sub, states] of this.#states) {
      const last = states.at(-1);
      if (!present.has(sub) && last !== undefined && !last.isGone) {
        const gone = { active: [], preferred: undefined, asked: [], isGone: true };
        this.#note(sub, { ...last, ...gone, at: this.#now(), by });
      }
    }
  }

  now(sub: string): UserState | undefined {
    return this.#states.get(sub)?.at(-1);
  }

  subs(): string[] {
    return [...this.#states.keys()];
  }

  /** Returns all states that were true at some moment from `from` to `to`. */
  during(sub: string, from: Date, to: Date): UserState[] {
    const states = this.#states.get(sub) ?? [];
    return states.filter(({ at }, index) => at <= to && (states[index + 1]?.at ?? to) >= from);
  }

  everHadEmailMfa(sub: string): boolean {
    return (this.#states.get(sub) ?? []).some(hasEmailMfa);
  }

  /** Returns the state that began when Email MFA was last switched off, or the first one; undefined while it is on. */
  switchedOff(sub: string): UserState | undefined {
    const states = this.#states.get(sub) ?? [];
    return states[states.findLastIndex(hasEmailMfa) + 1];
  }

  #note(sub: string, state: UserState): void {
    const states = this.#states.get(sub) ?? [];
    this.#states.set(sub, states);
    const last = states.at(-1);
    const isSame =
      last !== undefined &&
      last.isGone === state.isGone &&
      last.preferred === state.preferred &&
      last.active.join() === state.active.join() &&
      last.asked.join() === state.asked.join();
    if (!isSame) states.push(state);
  }
}

const hasEmailMfa = ({ active }: UserState): boolean => active.includes("EMAIL_OTP");
