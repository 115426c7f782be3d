import type { Command } from "commander";
import { acceptedUntil, isAccepted } from "../../shared/windows/accept-window.ts";
import type { Window } from "../../shared/windows/window.ts";
import type { Context } from "../stack/context.ts";
import { durationOption } from "../terminal/option-values.ts";
import { instant, type Output, plain, plural } from "../terminal/output.ts";
import { timeLeft } from "../windows/time-left.ts";
import { openWindowView, stateOf, type WindowState } from "../windows/window-view.ts";

interface Options {
  overdue?: boolean;
  dueWithin?: number;
}

export const register = (program: Command, context: Context): void => {
  program
    .command("list")
    .summary("who is without Email MFA now, and for how long")
    .description("Lists the open windows, the first due first. It reads only the table, not Cognito.")
    .option("--overdue", "only windows that should have closed by now")
    .option("--due-within <duration>", "only windows due within this time, and overdue ones", durationOption)
    .addHelpText(
      "after",
      `
Examples:
  $ mfactl list
  $ mfactl list --overdue
  $ mfactl list --due-within 1h --json`,
    )
    .action((options: Options) => list(context, options));
};

const list = async (context: Context, options: Options): Promise<void> => {
  const { reports, outputs, policy, clock } = await context.connect();
  const { output } = context;
  const now = clock.now();
  const windows: Window[] = [];
  let read = 0;
  for await (const window of reports.openWindows(outputs.UserPoolId)) {
    read += 1;
    output.progress(`${plural(read, "window")} read`);
    const left = window.dueAt.getTime() - now.getTime();
    if (options.overdue === true && stateOf(window, policy, now) !== "overdue") continue;
    if (options.dueWithin === undefined || left <= options.dueWithin) windows.push(window);
  }
  const overdue = windows.filter((window) => stateOf(window, policy, now) === "overdue").length;
  output.result({ now, windows: windows.map((window) => openWindowView(window, policy, now)), overdue }, () => {
    if (windows.length === 0) return [read === 0 ? "No window is open: no user is exempt." : "No such window is open."];
    const rows = windows.map((window) => row(output, window, stateOf(window, policy, now), now));
    return [
      output.table(["USER", "TIME LEFT", "DUE", "STATE", "ORIGIN", "OPENED", "TICKET"], rows),
      `\n${plural(windows.length, "open window")}${overdue === 0 ? "" : `, ${output.style("red", `${overdue} overdue`)}`}`,
      overdue === 0
        ? undefined
        : "mfactl show USER shows why a window is overdue. mfactl retry --all-overdue tries all of them again.",
    ];
  });
};

/** Undefined unless the window is accepted. */
const acceptedUntilWords = ({ accepted }: Window, now: Date): string | undefined =>
  accepted !== undefined && isAccepted(accepted, now)
    ? `accepted until ${instant(acceptedUntil(accepted))} by ${plain(accepted.by)}`
    : undefined;

const row = (output: Output, window: Window, state: WindowState, now: Date): string[] => [
  window.username,
  timeLeft(output, window, now),
  instant(window.dueAt),
  acceptedUntilWords(window, now) ?? (state === "overdue" ? output.style("red", state) : state),
  window.origin,
  instant(window.openedAt),
  plain(window.openedBy?.ticket ?? ""),
];
