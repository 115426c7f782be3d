import type { TimerClock } from "./cognito-context.ts";
import { notAuthorized } from "./errors.ts";
import type { Factor } from "./pool-mfa.ts";
import { ALPHANUMERIC, type Random, randomText } from "./randomness.ts";

/** A sign-in that waits for the answer to a challenge. */
export interface SignInSession {
  readonly clientId: string;
  readonly sub: string;
  readonly challenge: "NEW_PASSWORD_REQUIRED" | "SELECT_MFA_TYPE" | "MFA_SETUP" | Factor;
  /** The sent code, for a challenge that asks for one. */
  readonly code?: string | undefined;
  /** The sign-in began with a temporary password. */
  readonly afterNewPassword: boolean;
}

/** The sessions between challenges. Each can be used once, and lives as long as the app client allows. */
export class SignInSessions {
  readonly #clock: TimerClock;
  readonly #random: Random;
  readonly #sessions = new Map<string, SignInSession & { expiresAt: Date; used: boolean }>();

  constructor(clock: TimerClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  open(session: SignInSession, minutes: number): string {
    const id = randomText(this.#random, ALPHANUMERIC, 120);
    const expiresAt = new Date(this.#clock.now().getTime() + minutes * 60_000);
    this.#sessions.set(id, { ...session, expiresAt, used: false });
    return id;
  }

  /** Throws NotAuthorizedException for a session that is unknown, used, expired or for another challenge. */
  require(id: string | undefined, clientId: string, challenge: string): SignInSession {
    const session = id === undefined ? undefined : this.#sessions.get(id);
    if (session === undefined || session.clientId !== clientId || session.challenge !== challenge) {
      throw notAuthorized("Invalid session for the user.");
    }
    if (session.used) throw notAuthorized("Invalid session for the user, session can only be used once.");
    if (this.#clock.now() >= session.expiresAt) {
      throw notAuthorized("Invalid session for the user, session is expired.");
    }
    return session;
  }

  use(id: string | undefined): void {
    const session = id === undefined ? undefined : this.#sessions.get(id);
    if (session !== undefined) session.used = true;
  }
}
