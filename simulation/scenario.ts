import { type Behaviour, defaultBehaviour } from "@cognito-mfa-lifecycle/local-aws/cognito/behaviour.ts";
import { hour, minute } from "../shared/config/duration.ts";
import { clockDifference } from "../shared/runtime/clock-difference.ts";
import { Random } from "./random.ts";

/** The factors that a user has at first. */
type UserKind = "email" | "email-and-totp" | "totp-preferred" | "sms-only" | "none" | "federated";

export interface UserPlan {
  username: string;
  kind: UserKind;
  inGroup: boolean;
}

/** The probability of each fault while faults last: per call, per message, or per invocation. */
export interface FaultRates {
  throttle: number;
  serverError: number;
  timeoutBefore: number;
  timeoutAfter: number;
  lateEffect: number;
  noEffect: number;
  slow: number;
  crash: number;
  duplicate: number;
  late: number;
  triggerThrice: number;
  triggerMissed: number;
  /** Cognito answers once that an existing user does not exist. */
  notFound: number;
}

/** The settings of a run, drawn before it starts. */
export interface Scenario {
  seed: number;
  start: Date;
  /** When the faults stop. The workload ends shortly before. */
  faultsEnd: Date;
  parameters: Record<string, string>;
  behaviour: Behaviour;
  pastAt: "refuse" | "fire";
  rates: FaultRates;
  /** The error of each function's clock, in milliseconds. */
  skews: Record<string, number>;
  users: UserPlan[];
}

export const coveredGroup = "covered";

export const functionNames = [
  "custom-message",
  "post-confirmation",
  "post-authentication",
  "record-reset",
  "re-enable-mfa",
  "reconcile",
] as const;

const start = new Date("2026-03-01T08:00:00.000Z");

export const drawScenario = (seed: number): Scenario => {
  const random = new Random(`scenario ${seed}`);
  const span = random.pick([90 * minute, 3 * hour, 5 * hour]);
  const calm = random.chance(0.1);
  return {
    seed,
    start,
    faultsEnd: new Date(start.getTime() + span),
    parameters: drawPolicy(random),
    behaviour: drawBehaviour(random, new Random(`lists ${seed}`)),
    pastAt: random.pick(["refuse", "fire"]),
    rates: drawRates(random, calm, calm ? 0 : new Random(`not found ${seed}`).next() * 0.1),
    skews: drawSkews(random, calm),
    users: Array.from({ length: random.integer(3, 7) }, (_, index) => drawUser(random, index)),
  };
};

const drawPolicy = (random: Random): Record<string, string> => {
  const [grace, caps] = random.pick([
    ["0", ["0", "10m", "1h"]],
    ["1m", ["1m", "5m", "2h"]],
    ["5m", ["5m", "20m", "3h"]],
    ["30m", ["30m", "40m", "4h"]],
    ["2h", ["2h", "3h", "6h"]],
  ]);
  return {
    GRACE_PERIOD: grace,
    MAX_WINDOW: random.pick(caps),
    SCOPE: random.pick(["all", "all", "known", `group:${coveredGroup}`]),
    ENROL: random.pick(["false", "true"]),
    MODE: random.chance(0.1) ? "observe" : "enforce",
    CLOSE_ON_SIGN_IN: random.pick(["false", "true"]),
    VERIFY_EVERY: random.pick(["1h", "1h", "2h", "never"]),
    RE_ENABLE_RATE: String(random.integer(1, 25)),
    OVERDUE_TOLERANCE: random.pick(["5m", "15m"]),
    RESET_MAIL: random.pick(["cognito", "locale", "en", "ja"]),
  };
};

/**
 * Draws a value for each unproven behaviour of Cognito. `lists` is a separate source for lists of factors, so that
 * seeds that have found bugs still draw the rest as before.
 */
const drawBehaviour = (random: Random, lists: Random): Behaviour => ({
  ...defaultBehaviour(),
  postConfirmationForAdminCreatedUsers: random.chance(0.7),
  postAuthenticationAtSignIn: random.chance(0.7),
  postAuthenticationAfterNewPassword: random.chance(0.5),
  emailRecoveryBlockedBy: random.pick(["active", "preferred"]),
  answerWithoutRecoveryChannel: random.pick(["error", "simulated"]),
  passwordChangedWhenPostConfirmationFails: random.chance(0.5),
  customMessageOnEmailMfa: random.chance(0.5),
  recoveryAttemptsPerHour: random.integer(5, 20),
  firstPageOfLists: random.pick(["full", "empty"]),
  noPreference: lists.pick(["absent", "empty"]),
  changesWhereMfaIsRequired: lists.pick(["listed", "unlisted"]),
  enablingWhereMfaIsOff: lists.pick(["refused", "ignored"]),
});

const drawRates = (random: Random, calm: boolean, notFound: number): FaultRates => {
  const rate = (most: number): number => (calm || random.chance(0.4) ? 0 : random.next() * most);
  return {
    notFound,
    throttle: rate(0.15),
    serverError: rate(0.1),
    timeoutBefore: rate(0.08),
    timeoutAfter: rate(0.08),
    lateEffect: rate(0.15),
    noEffect: rate(0.3),
    slow: rate(0.05),
    crash: rate(0.15),
    duplicate: rate(0.3),
    late: rate(0.3),
    triggerThrice: rate(0.3),
    triggerMissed: rate(0.2),
  };
};

/** So that no two clocks differ by more than the service allows. */
const mostSkew = clockDifference / 2;

const drawSkews = (random: Random, calm: boolean): Record<string, number> =>
  Object.fromEntries(
    [...functionNames, "operator"].map((name) => {
      const skew = random.integer(-3 * minute, 3 * minute);
      return [name, calm || random.chance(0.5) ? 0 : Math.max(-mostSkew, Math.min(skew, mostSkew))];
    }),
  );

const names = [
  "ana",
  `o'brien"`,
  "佐藤-花子",
  "名#1/../é",
  "e+mail@example.org",
  "<b>mio&co</b>",
  "$ref{####}",
] as const;

const drawUser = (random: Random, index: number): UserPlan => ({
  username: `${names[index % names.length]}.${index}`,
  kind: random.pick(["email", "email", "email", "email-and-totp", "totp-preferred", "sms-only", "none", "federated"]),
  inGroup: random.chance(0.6),
});
