import type { Mailbox } from "../mailbox.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Pools } from "./pool.ts";
import type { Random } from "./randomness.ts";
import type { SignInSessions } from "./sign-in-sessions.ts";
import type { FireTrigger } from "./triggers.ts";

/** A clock that can run something at an instant, unless cancelled before. */
export interface TimerClock {
  now(): Date;
  at(instant: Date, task: () => unknown): () => void;
}

/** What every operation of the local Cognito works with. */
export interface CognitoContext {
  readonly region: string;
  readonly accountId: string;
  readonly clock: TimerClock;
  readonly random: Random;
  readonly behaviour: Behaviour;
  readonly mailbox: Mailbox;
  readonly fire: FireTrigger;
  readonly pools: Pools;
  readonly sessions: SignInSessions;
}
