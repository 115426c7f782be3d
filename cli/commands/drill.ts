import { type Command, InvalidArgumentError, Option } from "commander";
import { formatDuration, minute, parseDuration } from "../../shared/config/duration.ts";
import { type DrillUsers, simulatorAddress } from "../../shared/drill/drill-user.ts";
import { drillWindow, runDrill } from "../../shared/drill/drill.ts";
import { newDrillUsers } from "../../shared/drill/new-drill-user.ts";
import { randomPassword } from "../../shared/drill/random-password.ts";
import { standingDrillUser } from "../../shared/drill/standing-drill-user.ts";
import { Failure } from "../exit/failure.ts";
import type { OperationsConnection, OperationsContext } from "../stack/operations-context.ts";
import { addressOption } from "../terminal/option-values.ts";

export interface DrillOptions {
  /** Milliseconds. */
  for: number;
  email?: string;
}

/** Well under twenty minutes: after those, a later drill treats the user as left over and deletes it. */
const longestWindow = 15 * minute;

const windowLength = (text: string): number => {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds <= longestWindow) return milliseconds;
  throw new InvalidArgumentError(`Use a duration from 0 to ${formatDuration(longestWindow)}, such as 30s or 5m.`);
};

export const register = (program: Command, context: OperationsContext): void => {
  program
    .command("drill")
    .description("run a synthetic user through a whole exemption on this deployment; takes minutes")
    .addOption(
      new Option("--for <duration>", "how long the window is open; a window of up to 2m has no timer")
        .argParser(windowLength)
        .default(drillWindow, formatDuration(drillWindow)),
    )
    .option(
      "--email <address>",
      "create a new user with an address like this one, which gets no mail (default: the stack's drillUser or drillEmail)",
      addressOption,
    )
    .addHelpText(
      "after",
      `
The drill always deletes a user that it created, even after Ctrl-C. If the deletion fails, the drill names the user, and the
next drill deletes it. A second Ctrl-C quits at once and leaves the user to the next drill. The drill neither creates nor
deletes a standing user (the stack's drillUser).

Examples:
  $ mfactl drill
  $ mfactl drill --for 1m --yes`,
    )
    .action((options: DrillOptions) => drill(context, options));
};

/** Runs a drill and reports its progress. Throws a Failure if the drill fails. */
export const drill = async (context: OperationsContext, options: DrillOptions): Promise<void> => {
  const connection = await context.connect();
  const drillUsers = drillUsersOf(connection, options);
  const isNew = drillUsers.kind === "new";
  const { UserPoolId } = connection.outputs;
  const time = formatDuration(options.for + minute);
  await context.confirm(
    isNew
      ? `Create a user in the pool ${UserPoolId} and delete it in about ${time}?`
      : `Run the drill's standing user in the pool ${UserPoolId} through an exemption? It takes about ${time}.`,
  );
  let shown: string | undefined;
  const drilled = await runDrill(
    { ...connection, drillUsers },
    { gracePeriod: options.for, by: await connection.caller(), check: () => context.interruption.check() },
    (step, detail) => {
      if (step === shown) context.output.progress(`${step}: ${detail}`);
      else context.output.aside(`${step}: ${detail}`);
      shown = step;
    },
  );
  if (drilled.kind === "failed") {
    const { step, reason, message, userLeft } = drilled;
    const left =
      userLeft === undefined ? undefined : `The user ${userLeft} could not be deleted. Delete it in Cognito.`;
    const stopped = context.interruption.asked;
    if (stopped !== undefined) {
      throw new Failure(
        stopped.kind,
        `The drill was stopped at ${step}.`,
        left ?? (isNew ? "Its user is deleted." : "Its window closes automatically."),
        {
          step,
          userLeft,
        },
      );
    }
    throw new Failure(
      "drill-failed",
      `The drill failed at ${step}: ${reason}: ${message}`,
      left === undefined
        ? `${isNew ? "The user is deleted. " : ""}Run mfactl doctor to find problems in the pool or the stack.`
        : `${left} Then run mfactl doctor.`,
      { step, reason, userLeft },
    );
  }
  const { window, lateness } = drilled;
  context.output.result({ window: window.windowId, evidence: window.evidence, latenessMilliseconds: lateness }, () => [
    `The drill succeeded: Email MFA was on again ${formatDuration(lateness)} after the window was due.${isNew ? " The user is deleted." : ""}`,
  ]);
};

/** `--email` creates a new user, even if the stack has a standing one. */
const drillUsersOf = (
  { cognito, drillLedger, clock, newId, policy, outputs }: OperationsConnection,
  { email }: DrillOptions,
): DrillUsers => {
  const { UserPoolId: userPoolId, DrillUser: username, DrillEmail } = outputs;
  if (username !== undefined && email === undefined) return standingDrillUser({ cognito, userPoolId, username });
  return newDrillUsers({
    cognito,
    ledger: drillLedger,
    userPoolId,
    email: email ?? DrillEmail ?? simulatorAddress,
    scope: policy.scope,
    clock,
    newId,
    newPassword: randomPassword,
  });
};
