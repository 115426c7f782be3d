import type { Command } from "commander";
import { describeError } from "../../shared/telemetry/telemetry.ts";
import { checkAlarms, checkHeartbeat } from "../doctor/alarm-check.ts";
import { checkCaller, checkPermissions } from "../doctor/caller-check.ts";
import { type Check, fail, type Finding, warn } from "../doctor/finding.ts";
import { checkOtherPools } from "../doctor/other-pools-check.ts";
import { checkOverdue } from "../doctor/overdue-check.ts";
import { checkPool, checkScope } from "../doctor/pool-check.ts";
import { checkQueues, checkTimers } from "../doctor/queue-check.ts";
import { checkSubscribers, checkUnsubscribing } from "../doctor/subscriber-check.ts";
import { checkFunctions, checkTriggers } from "../doctor/trigger-check.ts";
import { explainError } from "../exit/explain-error.ts";
import { Failure } from "../exit/failure.ts";
import type { OperationsConnection, OperationsContext } from "../stack/operations-context.ts";
import { plural } from "../terminal/output.ts";

export const register = (program: Command, context: OperationsContext): void => {
  program
    .command("doctor")
    .description("check the user pool and the stack, and show what is wrong and how to fix it; changes nothing")
    .addHelpText(
      "after",
      `
It ends with exit code 50 if something is wrong. Warnings alone are not a failure.

Examples:
  $ mfactl doctor
  $ mfactl doctor --json`,
    )
    .action(() => doctor(context));
};

/** In the order of the report. */
const checks: Record<string, Check> = {
  caller: checkCaller,
  permissions: checkPermissions,
  pool: checkPool,
  scope: checkScope,
  triggers: checkTriggers,
  functions: checkFunctions,
  timers: checkTimers,
  queues: checkQueues,
  overdue: checkOverdue,
  "other-pools": checkOtherPools,
  heartbeat: checkHeartbeat,
  alarms: checkAlarms,
  subscribers: checkSubscribers,
  unsubscribing: checkUnsubscribing,
};

/** Returns the findings of all checks. A check that throws becomes a finding. */
export const examine = async (connection: OperationsConnection): Promise<Finding[]> => {
  const findings: Finding[] = [];
  for (const [name, check] of Object.entries(checks)) {
    findings.push(...(await check(connection).catch((error: unknown) => [notMade(name, error)])));
  }
  return findings;
};

const notMade = (check: string, error: unknown): Finding => {
  const { error: name, detail } = describeError(error);
  if (/^(AccessDenied|NotAuthorized|AuthorizationError|UnauthorizedOperation)/.test(name)) {
    return warn(
      check,
      `Not checked: your credentials do not allow it. ${detail}`,
      "Ask someone with the permission to run doctor.",
    );
  }
  return fail(
    check,
    `Not checked: ${explainError(error).message}`,
    "If the cause is the network or AWS itself, run doctor again later.",
  );
};

/** Prints the findings of `examine`. Throws a Failure if a check failed; warnings alone are not a failure. */
export const doctor = async (context: OperationsContext): Promise<void> => {
  const connection = await context.connect();
  const findings = await examine(connection);
  const count = (status: Finding["status"]) => findings.filter((finding) => finding.status === status).length;
  const summary = `${count("ok")} ok, ${plural(count("warn"), "warning")}, ${count("fail")} wrong.`;
  context.output.result({ stack: connection.stack.name, findings }, () => [...findings.flatMap(tell), "", summary]);
  const wrong = findings.filter(({ status }) => status === "fail").map(({ check }) => check);
  if (wrong.length > 0) {
    throw new Failure("doctor-found", `Wrong: ${wrong.join(", ")}.`, "Fix the problems above and run doctor again.");
  }
};

const marks = { ok: "✓", warn: "!", fail: "✗" };

const tell = ({ check, status, found, next }: Finding): string[] => [
  `${marks[status]} ${check}: ${found}`,
  ...(next === undefined ? [] : [`    → ${next}`]),
];
