import type { Command } from "commander";
import { extendByOperator } from "../../shared/lifecycle/operate.ts";
import { recordedLine } from "../audit/recorded-line.ts";
import { Failure } from "../exit/failure.ts";
import type { Context } from "../stack/context.ts";
import { durationOption, reasonOption, ticketOption, userArgument } from "../terminal/option-values.ts";
import { instant } from "../terminal/output.ts";
import { findUser } from "../windows/find-user.ts";
import { refusal } from "../windows/refusal.ts";
import { openWindowView } from "../windows/window-view.ts";

interface Options {
  by: number;
  reason?: string;
  ticket?: string;
}

export const register = (program: Command, context: Context): void => {
  program
    .command("extend")
    .summary("give an exempt user more time, up to the cap")
    .argument("<user>", "username, email address or sub", userArgument)
    .requiredOption("--by <duration>", "how much longer", durationOption)
    .option("--reason <text>", "why; stored on the window", reasonOption)
    .option("--ticket <id>", "the ticket for this act", ticketOption)
    .addHelpText(
      "after",
      `
An extension beyond the cap is refused, never shortened. The message shows how much time is left.

Examples:
  $ mfactl extend hanako@example.com --by 2h --reason "mail server is down"`,
    )
    .action((user: string, options: Options) => extend(context, user, options));
};

const extend = async (context: Context, text: string, { by, reason, ticket }: Options): Promise<void> => {
  if (by === 0) {
    throw new Failure("duration-out-of-bounds", "--by must be longer than 0.", "Use --by 2h, for example.");
  }
  const connection = await context.connect();
  const user = await findUser(connection, text);
  const act = { by: await connection.caller(), reason, ticket };
  const extended = await extendByOperator(connection, user, by, act);
  if (extended.kind === "refused") throw refusal(extended, text, connection);
  const { output } = context;
  const { window } = extended;
  output.result(
    { window: openWindowView(window, connection.policy, connection.clock.now()), audit: connection.audit },
    () => [
      `${output.style("green", "Extended.")} The window of ${text} is due ${instant(window.dueAt)}; its cap is ${instant(window.cap)}.`,
      recordedLine(output, connection.audit),
    ],
  );
};
