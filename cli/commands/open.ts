import type { Command } from "commander";
import { formatDuration } from "../../shared/config/duration.ts";
import { openByOperator } from "../../shared/lifecycle/operate.ts";
import { recordedLine } from "../audit/recorded-line.ts";
import { Failure } from "../exit/failure.ts";
import { requireFitPool } from "../pool/pool-fitness.ts";
import type { Connection } from "../stack/connection.ts";
import type { Context } from "../stack/context.ts";
import { durationOption, reasonOption, ticketOption, userArgument } from "../terminal/option-values.ts";
import { instant } from "../terminal/output.ts";
import { findUser } from "../windows/find-user.ts";
import { refusal } from "../windows/refusal.ts";
import { openWindowView } from "../windows/window-view.ts";

interface Options {
  reason: string;
  ticket?: string;
  for?: number;
}

export const register = (program: Command, context: Context): void => {
  program
    .command("open")
    .summary("exempt a user from Email MFA for a while")
    .description(
      "Exempts a user from Email MFA: creates the window and its timer, then switches Email MFA off. When the window is due, Email MFA is switched on again automatically.",
    )
    .argument("<user>", "username, email address or sub", userArgument)
    .requiredOption("--reason <text>", "why; stored on the window", reasonOption)
    .option("--ticket <id>", "the ticket for this act", ticketOption)
    .option("--for <duration>", "how long (default: the grace period)", durationOption)
    .addHelpText(
      "after",
      `
Examples:
  $ mfactl open hanako@example.com --reason "cannot sign in" --ticket HD-1042
  $ mfactl open 3f0c1c9e-8a57-4b0e-9f2d-0f6f2a7f6a11 --reason "new phone" --for 2h`,
    )
    .action((user: string, options: Options) => open(context, user, options));
};

const open = async (context: Context, text: string, options: Options): Promise<void> => {
  const connection = await context.connect();
  const { policy, clock } = connection;
  const gracePeriod = options.for ?? policy.gracePeriod;
  requireAllowed(gracePeriod, connection);
  if (policy.mode === "observe") throw refusal({ because: "observe-mode" }, text, connection);
  const ways = await requireFitPool(connection.cognito, connection.outputs.UserPoolId);
  const user = await findUser(connection, text);
  if (user.gone) throw refusal({ because: "user-unknown" }, text, connection);
  const act = { by: await connection.caller(), reason: options.reason, ticket: options.ticket };
  const opened = await openByOperator(connection, user.username, act, gracePeriod, ways);
  if (opened.kind === "refused") throw refusal(opened, text, connection);
  const { window } = opened;
  const { output } = context;
  output.result({ window: openWindowView(window, policy, clock.now()), audit: connection.audit }, () => [
    `${output.style("green", "Open.")} ${text} is without Email MFA until ${instant(window.dueAt)} (${formatDuration(window.dueAt.getTime() - clock.now().getTime())}).`,
    "“Forgot password” works now. Email MFA is switched on again automatically.",
    recordedLine(output, connection.audit),
  ]);
};

const requireAllowed = (gracePeriod: number, { policy }: Pick<Connection, "policy">): void => {
  if (gracePeriod > 0 && gracePeriod <= policy.maxWindow) return;
  const most = formatDuration(policy.maxWindow);
  throw new Failure(
    "duration-out-of-bounds",
    gracePeriod === 0
      ? "--for must be longer than 0."
      : `A window of ${formatDuration(gracePeriod)} is longer than the policy allows (${most}).`,
    `Use --for with a duration longer than 0 and at most ${most}. maxWindow in config/<stage>.yml sets the limit.`,
  );
};
