/** Every exit code of mfactl and its meaning. A code never changes its meaning. */
export const exitCodes = {
  done: { code: 0, meaning: "done" },
  unexpected: { code: 1, meaning: "a bug in mfactl" },
  usage: { code: 2, meaning: "the command line is wrong" },
  configuration: { code: 3, meaning: "the stack was not found, or lacks a setting that mfactl needs" },
  permission: { code: 4, meaning: "no valid AWS credentials, or they do not allow this" },
  "aws-failed": { code: 5, meaning: "AWS or the local stack failed or did not answer" },
  "not-confirmed": { code: 6, meaning: "the answer to the question was not yes" },
  unproven: { code: 7, meaning: "requested, but not yet proven" },
  "output-failed": { code: 8, meaning: "the result could not be written to standard output" },
  "user-unknown": { code: 10, meaning: "the user does not exist" },
  "user-ambiguous": { code: 11, meaning: "the name matches more than one user" },
  federated: { code: 12, meaning: "the user signs in through another identity provider" },
  "no-email": { code: 13, meaning: "the user has no email address" },
  "out-of-scope": { code: 14, meaning: "the policy does not cover the user" },
  "never-known": { code: 15, meaning: "the user was never seen with Email MFA on" },
  "already-open": { code: 20, meaning: "the user already has an open window" },
  "not-open": { code: 21, meaning: "the user has no open window" },
  "past-cap": { code: 22, meaning: "the window would exceed its cap" },
  closing: { code: 23, meaning: "the window is already closing" },
  "not-due": { code: 24, meaning: "the window is not due yet" },
  "observe-mode": { code: 25, meaning: "the service only observes" },
  "duration-out-of-bounds": { code: 26, meaning: "the policy does not allow this duration" },
  "not-movable": { code: 27, meaning: "the messages in this queue cannot be moved back" },
  "pool-unknown": { code: 30, meaning: "the user pool does not exist" },
  "pool-mfa-required": { code: 31, meaning: "the user pool requires MFA" },
  "pool-mfa-off": { code: 32, meaning: "MFA is off in the user pool" },
  "pool-email-mfa-off": { code: 33, meaning: "the user pool does not offer Email MFA" },
  "pool-plan": { code: 34, meaning: "the user pool's plan has no Email MFA" },
  "trigger-taken": { code: 40, meaning: "the user pool already calls another function for this trigger" },
  "pool-unknown-setting": { code: 41, meaning: "the user pool has settings that this mfactl cannot write back" },
  "pool-changed": { code: 42, meaning: "the user pool changed in the meantime" },
  "pool-restored": { code: 43, meaning: "more than the triggers changed, so the user pool was restored" },
  "doctor-found": { code: 50, meaning: "doctor found a problem" },
  "drill-failed": { code: 51, meaning: "the drill failed" },
  "user-disabled": { code: 60, meaning: "the user is disabled" },
  "password-not-chosen": { code: 61, meaning: "the user has not chosen a password yet" },
  "user-unconfirmed": { code: 62, meaning: "the user has not confirmed the sign-up" },
  "email-unverified": { code: 63, meaning: "the user's email address is not verified" },
  "recovery-by-administrator": { code: 64, meaning: "only administrators can reset passwords in the user pool" },
  "recovery-without-email": { code: 65, meaning: "the user pool does not send reset codes by email" },
  "not-needed": { code: 66, meaning: "the user can reset the password with Email MFA on" },
  "hung-up": { code: 129, meaning: "stopped by SIGHUP: the terminal was closed" },
  interrupted: { code: 130, meaning: "stopped by SIGINT: Ctrl-C" },
  terminated: { code: 143, meaning: "stopped by SIGTERM" },
} as const satisfies Record<string, { code: number; meaning: string }>;

export type FailureKind = Exclude<keyof typeof exitCodes, "done">;

export const exitCodesHelp = (): string =>
  Object.entries(exitCodes)
    .map(([name, { code, meaning }]) => `  ${String(code).padStart(3)}  ${name.padEnd(25)}  ${meaning}`)
    .join("\n");
