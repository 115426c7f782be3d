import type { Command } from "commander";
import { formatDuration } from "../../shared/config/duration.ts";
import { acceptByOperator } from "../../shared/lifecycle/accept.ts";
import { longestAcceptance } from "../../shared/windows/accept-window.ts";
import { recordedLine } from "../audit/recorded-line.ts";
import { Failure } from "../exit/failure.ts";
import type { Context } from "../stack/context.ts";
import { instantOption, reasonOption, ticketOption, userArgument } from "../terminal/option-values.ts";
import { instant } from "../terminal/output.ts";
import { findUser } from "../windows/find-user.ts";
import { refusal } from "../windows/refusal.ts";
import { openWindowView } from "../windows/window-view.ts";

interface Options {
  until: Date;
  reason: string;
  ticket?: string;
}

export const register = (program: Command, context: Context): void => {
  program
    .command("accept")
    .summary("leave a known case out of the overdue alarms until a date")
    .argument("<user>", "username, email address or sub; for a deleted user the sub", userArgument)
    .requiredOption("--until <instant>", "2026-02-01 or 2026-02-01T10:00:00Z, at most 90 days ahead", instantOption)
    .requiredOption("--reason <text>", "why; stored on the window", reasonOption)
    .option("--ticket <id>", "the ticket for this act", ticketOption)
    .addHelpText(
      "after",
      `
For a window that is past due and cannot be closed yet. The user stays without Email MFA, and the service keeps trying.
Until the date, counts and alarms leave the window out. The daily digest lists it.

Examples:
  $ mfactl accept hanako@example.com --until 2026-02-01 --reason "has no address until she is back" --ticket HD-7`,
    )
    .action((user: string, options: Options) => accept(context, user, options));
};

const accept = async (context: Context, text: string, { until, reason, ticket }: Options): Promise<void> => {
  const connection = await context.connect();
  const now = connection.clock.now();
  const ahead = until.getTime() - now.getTime();
  if (ahead <= 0 || ahead > longestAcceptance) {
    throw new Failure(
      "duration-out-of-bounds",
      `${instant(until)} is ${ahead <= 0 ? "in the past" : `more than ${formatDuration(longestAcceptance)} ahead`}. Nothing was accepted.`,
      `Set --until to a time after ${instant(now)}, at most ${formatDuration(longestAcceptance)} later. You can accept the window again then.`,
    );
  }
  const user = await findUser(connection, text);
  const act = { by: await connection.caller(), reason, ticket };
  const accepted = await acceptByOperator(connection, user, until, act);
  if (accepted.kind === "refused") throw refusal(accepted, text, connection);
  const { output } = context;
  const { window } = accepted;
  output.result(
    { window: openWindowView(window, connection.policy, connection.clock.now()), audit: connection.audit },
    () => [
      `${output.style("yellow", "Accepted.")} Counts and alarms leave out the overdue window of ${text} until ${instant(until)}.`,
      "The user is still without Email MFA. The service keeps trying to switch it on.",
      recordedLine(output, connection.audit),
    ],
  );
};
