import type { Factors } from "../../shared/factors.ts";
import type { User } from "../aws/cognito/user.ts";

/** What a user had from an instant on, and whose doing it was. */
export interface UserState extends Factors {
  at: Date;
  by: string;
  username: string;
  isGone: boolean;
  isFederated: boolean;
}

/** What every user of the pool has ever had, whatever anybody recorded of it. */
export class UserHistory {
  readonly #states = new Map<string, UserState[]>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Notes what has changed since the last look. */
  look(users: Iterable<User>, by: string): void {
    const present = new Set<string>();
    for (const user of users) {
      present.add(user.sub);
      this.#note(user.sub, {
        at: this.#now(),
        by,
        username: user.username,
        active: [...user.activeFactors].sort(),
        preferred: user.preferredFactor,
        isGone: false,
        isFederated: user.attributes.has("identities"),
      });
    }
    for (const [sub, states] of this.#states) {
      const last = states.at(-1);
      if (!present.has(sub) && last !== undefined && !last.isGone) {
        this.#note(sub, { ...last, at: this.#now(), by, active: [], preferred: undefined, isGone: true });
      }
    }
  }

  now(sub: string): UserState | undefined {
    return this.#states.get(sub)?.at(-1);
  }

  subs(): string[] {
    return [...this.#states.keys()];
  }

  /** All states that held at some moment from `from` to `to`. */
  during(sub: string, from: Date, to: Date): UserState[] {
    const states = this.#states.get(sub) ?? [];
    return states.filter(({ at }, index) => at <= to && (states[index + 1]?.at ?? to) >= from);
  }

  everHadEmailMfa(sub: string): boolean {
    return (this.#states.get(sub) ?? []).some(({ active }) => active.includes("EMAIL_OTP"));
  }

  #note(sub: string, state: UserState): void {
    const states = this.#states.get(sub) ?? [];
    this.#states.set(sub, states);
    const last = states.at(-1);
    const isSame =
      last !== undefined &&
      last.isGone === state.isGone &&
      last.preferred === state.preferred &&
      last.active.join() === state.active.join();
    if (!isSame) states.push(state);
  }
}
