import type { Command } from "commander";
import { closeByOperator } from "../../shared/lifecycle/operate.ts";
import { recordedLine } from "../audit/recorded-line.ts";
import type { Context } from "../stack/context.ts";
import { reasonOption, ticketOption, userArgument } from "../terminal/option-values.ts";
import { instant } from "../terminal/output.ts";
import { awaitClose } from "../windows/await-close.ts";
import { closedLine, requireClosed } from "../windows/close-result.ts";
import { findUser } from "../windows/find-user.ts";
import { refusal } from "../windows/refusal.ts";
import { closedWindowView } from "../windows/window-view.ts";

interface Options {
  reason?: string;
  ticket?: string;
}

export const register = (program: Command, context: Context): void => {
  program
    .command("close")
    .summary("end a window now: switch Email MFA on and verify it")
    .argument("<user>", "username, email address or sub; for a deleted user the sub", userArgument)
    .option("--reason <text>", "why; stored on the window", reasonOption)
    .option("--ticket <id>", "the ticket for this act", ticketOption)
    .addHelpText(
      "after",
      `
It waits up to a minute until Email MFA is proven to be on. Otherwise it ends with exit code 7, and the service keeps trying.

Examples:
  $ mfactl close hanako@example.com
  $ mfactl close hanako@example.com --reason "reset is done" --yes --json`,
    )
    .action((user: string, options: Options) => close(context, user, options));
};

const close = async (context: Context, text: string, options: Options): Promise<void> => {
  const connection = await context.connect();
  const user = await findUser(connection, text);
  const { open } = await connection.windows.find(user);
  if (open === undefined) throw refusal({ because: "not-open" }, text, connection);
  await context.confirm(
    `Close the window of ${text}, due ${instant(open.dueAt)}, now? The user then needs a code by email to sign in.`,
  );
  const asked = await closeByOperator(connection, user, { by: await connection.caller(), ...options });
  if (asked.kind === "refused") throw refusal(asked, text, connection);
  const { output } = context;
  const closed = requireClosed(await awaitClose(connection, asked.window, output), text);
  output.result({ window: closedWindowView(closed), audit: connection.audit }, () => [
    closedLine(output, text, closed),
    recordedLine(output, connection.audit),
  ]);
};
