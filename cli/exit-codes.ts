/** Every way in which mfactl ends: its exit code, and what it means. Codes are never given another meaning. */
export const exitCodes = {
  done: { code: 0, meaning: "done" },
  unexpected: { code: 1, meaning: "a fault of mfactl itself" },
  usage: { code: 2, meaning: "the command line is wrong" },
  configuration: { code: 3, meaning: "the stack was not found, or is not set up as mfactl needs it" },
  permission: { code: 4, meaning: "no valid AWS credentials, or they do not allow what was asked" },
  "aws-failed": { code: 5, meaning: "AWS, or the local stack, failed or did not answer" },
  "not-confirmed": { code: 6, meaning: "the question was not answered with yes" },
  unproven: { code: 7, meaning: "asked for, but not proven to have happened yet" },
  "user-unknown": { code: 10, meaning: "no such user" },
  "user-ambiguous": { code: 11, meaning: "more than one user of this name" },
  federated: { code: 12, meaning: "the user signs in through another identity provider" },
  "no-email": { code: 13, meaning: "the user has no email address" },
  "out-of-scope": { code: 14, meaning: "the policy does not cover the user" },
  "never-known": { code: 15, meaning: "the user was never seen with Email MFA on" },
  "already-open": { code: 20, meaning: "the user has an open window already" },
  "not-open": { code: 21, meaning: "the user has no open window" },
  "past-cap": { code: 22, meaning: "the window would pass its cap" },
  closing: { code: 23, meaning: "the window was told to close" },
  "not-due": { code: 24, meaning: "the window is not due yet" },
  "observe-mode": { code: 25, meaning: "the service only observes" },
  "duration-out-of-bounds": { code: 26, meaning: "the policy does not allow this duration" },
  "not-movable": { code: 27, meaning: "what lies in this queue cannot be moved back" },
  "pool-unknown": { code: 30, meaning: "the user pool does not exist" },
  "pool-mfa-required": { code: 31, meaning: "the user pool requires MFA" },
  "pool-mfa-off": { code: 32, meaning: "MFA is off in the user pool" },
  "pool-email-mfa-off": { code: 33, meaning: "the user pool does not offer Email MFA" },
  "pool-plan": { code: 34, meaning: "the user pool's plan has no Email MFA" },
  "trigger-taken": { code: 40, meaning: "the user pool calls somebody else's function there" },
  "pool-unknown-setting": { code: 41, meaning: "the user pool has settings that this mfactl cannot write back" },
  "pool-changed": { code: 42, meaning: "somebody else changed the user pool meanwhile" },
  "pool-restored": { code: 43, meaning: "more than the triggers had changed, and the user pool was set back" },
  "doctor-found": { code: 50, meaning: "the doctor found something wrong" },
  "drill-failed": { code: 51, meaning: "the drill failed" },
} as const satisfies Record<string, { code: number; meaning: string }>;

export type FailureKind = Exclude<keyof typeof exitCodes, "done">;

export const exitCodesHelp = (): string =>
  Object.entries(exitCodes)
    .map(([name, { code, meaning }]) => `  ${String(code).padStart(3)}  ${name.padEnd(22)}  ${meaning}`)
    .join("\n");
