import { type Command, InvalidArgumentError, Option } from "commander";
import { cognitoDrillUsers, simulatorAddress } from "../shared/drill/drill-user.ts";
import { drillWindow, runDrill } from "../shared/drill/drill.ts";
import { randomPassword } from "../shared/drill/random-password.ts";
import { formatDuration, minute, parseDuration } from "../shared/duration.ts";
import { Failure } from "./failure.ts";
import type { OperationsContext } from "./operations-context.ts";
import { addressOption } from "./option-values.ts";

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
    .description("take a synthetic user through a whole exemption on this deployment, and delete it; takes minutes")
    .addOption(
      new Option("--for <duration>", "how long the window is open; up to 2m it is not closed by a timer")
        .argParser(windowLength)
        .default(drillWindow, formatDuration(drillWindow)),
    )
    .option(
      "--email <address>",
      "the user's address, to which nothing is sent; by default the stack's drillEmail",
      addressOption,
    )
    .addHelpText(
      "after",
      `
It deletes the user again whatever happens, Ctrl-C included; when that fails too, it says which user is left. A second
Ctrl-C quits at once and leaves the user, whom the next drill deletes.

Examples:
  $ mfactl drill
  $ mfactl drill --for 1m --yes`,
    )
    .action((options: DrillOptions) => drill(context, options));
};

/** Plays a drill and tells how it goes. Throws a failure when it did not end well. */
export const drill = async (context: OperationsContext, options: DrillOptions): Promise<void> => {
  const connection = await context.connect();
  const { cognito, clock, policy, outputs } = connection;
  await context.confirm(
    `Create a user in the pool ${outputs.UserPoolId}, and delete it in about ${formatDuration(options.for + minute)}?`,
  );
  const drillUsers = cognitoDrillUsers({
    cognito,
    userPoolId: outputs.UserPoolId,
    email: options.email ?? outputs["DrillEmail"] ?? simulatorAddress,
    scope: policy.scope,
    clock,
    newPassword: randomPassword,
  });
  let told: string | undefined;
  const drilled = await runDrill(
    { ...connection, drillUsers },
    { gracePeriod: options.for, by: await connection.caller(), check: () => context.interruption.check() },
    (step, detail) => {
      if (step === told) context.output.progress(`${step}: ${detail}`);
      else context.output.aside(`${step}: ${detail}`);
      told = step;
    },
  );
  if (drilled.kind === "failed") {
    const { step, reason, message, userLeft } = drilled;
    const left =
      userLeft === undefined ? undefined : `The user ${userLeft} could not be deleted: delete it in Cognito.`;
    const stopped = context.interruption.asked;
    if (stopped !== undefined) {
      throw new Failure(stopped.kind, `The drill was stopped at ${step}.`, left ?? "Its user is deleted.", {
        step,
        userLeft,
      });
    }
    throw new Failure(
      "drill-failed",
      `The drill failed at ${step}: ${reason}: ${message}`,
      left === undefined
        ? "The user is deleted. mfactl doctor says what is wrong with the pool or the stack."
        : `${left} Then: mfactl doctor.`,
      { step, reason, userLeft },
    );
  }
  const { window, lateness } = drilled;
  context.output.result({ window: window.windowId, evidence: window.evidence, latenessMilliseconds: lateness }, () => [
    `The drill succeeded: Email MFA was on again ${formatDuration(lateness)} after the window was due, and the user is deleted.`,
  ]);
};
