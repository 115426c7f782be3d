import type { Command } from "commander";
import { retryByOperator } from "../../shared/lifecycle/operate.ts";
import { createPacer } from "../../shared/runtime/pacer.ts";
import { isOverdue, type Window } from "../../shared/windows/window.ts";
import { recordedLine } from "../audit/recorded-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { reasonOption, ticketOption, userArgument } from "../terminal/option-values.ts";
import { plural } from "../terminal/output.ts";
import { awaitClose } from "../windows/await-close.ts";
import { closedLine, requireClosed } from "../windows/close-result.ts";
import { findUser } from "../windows/find-user.ts";
import { refusal } from "../windows/refusal.ts";
import { closedWindowView } from "../windows/window-view.ts";

interface Options {
  allOverdue?: boolean;
  reason?: string;
  ticket?: string;
}

export const register = (program: Command, context: Context): void => {
  program
    .command("retry")
    .summary("have the re-enable of a due window tried again now")
    .argument("[user]", "username, email address or sub; a deleted user by sub", userArgument)
    .option("--all-overdue", "all windows that should be closed by now")
    .option("--reason <text>", "why; it stays on the window", reasonOption)
    .option("--ticket <id>", "the ticket it belongs to", ticketOption)
    .addHelpText(
      "after",
      `
It does nothing that the service would not do by itself at the next try, only sooner; so it does not ask. One user is
waited for, up to a minute; of all that are overdue it only asks the service to try again.

Examples:
  $ mfactl retry hanako@example.com
  $ mfactl retry --all-overdue --reason "SES is back"`,
    )
    .action((user: string | undefined, options: Options) => {
      if ((user === undefined) === (options.allOverdue !== true)) {
        throw new Failure(
          "usage",
          "Say which window: one USER, or --all-overdue.",
          "mfactl list --overdue shows them.",
        );
      }
      return user === undefined ? retryAll(context, options) : retry(context, user, options);
    });
};

const retry = async (context: Context, text: string, { reason, ticket }: Options): Promise<void> => {
  const connection = await context.connect();
  const user = await findUser(connection, text);
  const asked = await retryByOperator(connection, user, { by: await connection.caller(), reason, ticket });
  if (asked.kind === "refused") throw refusal(asked, text, connection);
  const { output } = context;
  const closed = requireClosed(await awaitClose(connection, asked.window, output), text);
  output.result({ window: closedWindowView(closed), audit: connection.audit }, () => [
    closedLine(output, text, closed),
    recordedLine(output, connection.audit),
  ]);
};

const retryAll = async (context: Context, { reason, ticket }: Options): Promise<void> => {
  const connection = await context.connect();
  const { policy, clock, outputs, reports, audit } = connection;
  const { output } = context;
  const overdue: Window[] = [];
  for await (const window of reports.openWindows(outputs.UserPoolId)) {
    if (isOverdue(window, policy.overdueTolerance, clock.now())) overdue.push(window);
  }
  const by = overdue.length === 0 ? "" : await connection.caller();
  const pacer = createPacer(clock, policy.reEnableRate, 1);
  let asked = 0;
  for (const window of overdue) {
    context.interruption.check();
    await pacer.turn();
    const { kind } = await retryByOperator(connection, window, { by, reason, ticket });
    if (kind === "done") asked += 1;
    output.progress(`${asked} of ${overdue.length}`);
  }
  output.result({ overdue: overdue.length, asked, audit }, () => [
    overdue.length === 0
      ? "No window is overdue."
      : `${plural(asked, "window")} will be tried again now. mfactl list --overdue shows what is left.`,
    recordedLine(output, audit),
  ]);
};
