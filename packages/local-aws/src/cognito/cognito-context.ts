import type { Mailbox } from "../mailbox.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Pools } from "./pool.ts";
import type { Random } from "./randomness.ts";
import type { SignInSessions } from "./sign-in-sessions.ts";
import type { FireTrigger } from "./triggers.ts";

/** A clock that can run a task at an instant. `at` returns a function that cancels the task. */
export interface TimerClock {
  now(): Date;
  at(instant: Date, task: () => unknown): () => void;
}

/** Everything that the operations of the local Cognito share. */
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
