import type { Command } from "commander";
import { retryByOperator } from "../../shared/lifecycle/operate.ts";
import { createPacer } from "../../shared/runtime/pacer.ts";
import { isOverdue, type Window } from "../../shared/windows/window.ts";
import { recordedLine } from "../audit/recorded-line.ts";
import { Failure } from "../exit/failure.ts";
import type { Context } from "../stack/context.ts";
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
    .summary("retry the re-enable of a due window now")
    .argument("[user]", "username, email address or sub; for a deleted user the sub", userArgument)
    .option("--all-overdue", "all windows that should have closed by now")
    .option("--reason <text>", "why; stored on the window", reasonOption)
    .option("--ticket <id>", "the ticket for this act", ticketOption)
    .addHelpText(
      "after",
      `
retry starts the service's next try at once instead of later, so it does not ask for confirmation. For one user, mfactl waits
up to a minute for the result. With --all-overdue, it does not wait.

Examples:
  $ mfactl retry hanako@example.com
  $ mfactl retry --all-overdue --reason "SES is back"`,
    )
    .action((user: string | undefined, options: Options) => {
      if ((user === undefined) === (options.allOverdue !== true)) {
        throw new Failure(
          "usage",
          "Name either one USER or --all-overdue.",
          "mfactl list --overdue shows the overdue windows.",
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
      : `Retrying ${plural(asked, "window")} now. mfactl list --overdue shows the windows that are still open.`,
    recordedLine(output, audit),
  ]);
};
