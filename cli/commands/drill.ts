import { type Command, InvalidArgumentError, Option } from "commander";
import { formatDuration, minute, parseDuration } from "../../shared/config/duration.ts";
import { type DrillUsers, simulatorAddress } from "../../shared/drill/drill-user.ts";
import { drillWindow, runDrill } from "../../shared/drill/drill.ts";
import { newDrillUsers } from "../../shared/drill/new-drill-user.ts";
import { randomPassword } from "../../shared/drill/random-password.ts";
import { standingDrillUser } from "../../shared/drill/standing-drill-user.ts";
import { Failure } from "../failure.ts";
import type { OperationsConnection, OperationsContext } from "../stack/operations-context.ts";
import { addressOption } from "../terminal/option-values.ts";

export interface DrillOptions {
  /** Milliseconds. */
  for: number;
  email?: string;
}

/** The user of a drill that lasts longer than twenty minutes is taken for left over. */
const longestWindow = 15 * minute;

const windowLength = (text: string): number => {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds <= longestWindow) return milliseconds;
  throw new InvalidArgumentError(
    `It must be a duration from 0 to ${formatDuration(longestWindow)}, written like 30s or 5m.`,
  );
};

export const register = (program: Command, context: OperationsContext): void => {
  program
    .command("drill")
    .description("take a synthetic user through a whole exemption on this deployment; takes minutes")
    .addOption(
      new Option("--for <duration>", "how long the window is open; up to 2m it is not closed by a timer")
        .argParser(windowLength)
        .default(drillWindow, formatDuration(drillWindow)),
    )
    .option(
      "--email <address>",
      "make a new user with an address like this one, to which nothing is sent; by default the stack's drillUser or drillEmail",
      addressOption,
    )
    .addHelpText(
      "after",
      `
It deletes a user that it made whatever happens, Ctrl-C included; when that fails too, it says which user is left, and the next
drill deletes it. A second Ctrl-C quits at once and leaves the user to the next drill. A standing user, the stack's drillUser, it
neither makes nor deletes.

Examples:
  $ mfactl drill
  $ mfactl drill --for 1m --yes`,
    )
    .action((options: DrillOptions) => drill(context, options));
};

/** Plays a drill and tells how it goes. Throws a failure when it did not end well. */
export const drill = async (context: OperationsContext, options: DrillOptions): Promise<void> => {
  const connection = await context.connect();
  const drillUsers = drillUsersOf(connection, options);
  const isNew = drillUsers.kind === "new";
  const { UserPoolId } = connection.outputs;
  const time = formatDuration(options.for + minute);
  await context.confirm(
    isNew
      ? `Create a user in the pool ${UserPoolId}, and delete it in about ${time}?`
      : `Take the standing user of the drill in the pool ${UserPoolId} through an exemption, which takes about ${time}?`,
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
      userLeft === undefined ? undefined : `The user ${userLeft} could not be deleted: delete it in Cognito.`;
    const stopped = context.interruption.asked;
    if (stopped !== undefined) {
      throw new Failure(
        stopped.kind,
        `The drill was stopped at ${step}.`,
        left ?? (isNew ? "Its user is deleted." : "Its window closes by itself."),
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
        ? `${isNew ? "The user is deleted. " : ""}mfactl doctor says what is wrong with the pool or the stack.`
        : `${left} Then: mfactl doctor.`,
      { step, reason, userLeft },
    );
  }
  const { window, lateness } = drilled;
  context.output.result({ window: window.windowId, evidence: window.evidence, latenessMilliseconds: lateness }, () => [
    `The drill succeeded: Email MFA was on again ${formatDuration(lateness)} after the window was due.${isNew ? " The user is deleted." : ""}`,
  ]);
};

/** --email asks for a new user, even where the stack has a standing one. */
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
