import { type Command, Option } from "commander";
import { formatDuration } from "../../shared/config/duration.ts";
import { replanByOperator } from "../../shared/lifecycle/operate.ts";
import { createPacer } from "../../shared/runtime/pacer.ts";
import { replanWindow, type Reach } from "../../shared/windows/operator-acts.ts";
import type { Window } from "../../shared/windows/window.ts";
import { recordedLine } from "../audit/recorded-line.ts";
import { Failure } from "../exit/failure.ts";
import type { Connection } from "../stack/connection.ts";
import type { Context } from "../stack/context.ts";
import { durationAsWritten, reasonOption, ticketOption } from "../terminal/option-values.ts";
import { instant, type Output, plural } from "../terminal/output.ts";

interface Options {
  grace: { text: string; milliseconds: number };
  apply?: "new" | Reach;
  reason?: string;
  ticket?: string;
}

/** The effect of another grace period on an open window. */
interface Move {
  window: Window;
  dueThen: Date;
  move: "closes now" | "earlier" | "later" | "stays";
}

/** Each window needs a call of its own: https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html */
const timersPerSecond = 20;

export const register = (program: Command, context: Context): void => {
  program
    .command("replan")
    .summary("preview or apply another grace period for the open windows")
    .description("Shows which open windows would close now, end earlier or end later with another grace period.")
    .requiredOption("--grace <duration>", "the other grace period", durationAsWritten)
    .addOption(
      new Option("--apply <reach>", "new: no open window; shorten: only windows that end earlier; all: all").choices([
        "new",
        "shorten",
        "all",
      ]),
    )
    .option("--reason <text>", "why; stored on each window that moves", reasonOption)
    .option("--ticket <id>", "the ticket for this act", ticketOption)
    .addHelpText(
      "after",
      `
Without --apply, replan only shows the changes. The grace period counts from the newest confirmed reset of a window, or from
its opening if there is none. It also replaces durations that operators set with open or extend. No window exceeds its cap. A
window that is due or closing does not change. The configuration sets the grace period of future windows: --apply new shows
which line to change.

Examples:
  $ mfactl replan --grace 2h
  $ mfactl replan --grace 2h --apply shorten --reason "audit finding 7"`,
    )
    .action((options: Options) => replan(context, options));
};

const replan = async (context: Context, options: Options): Promise<void> => {
  const reach = options.apply === "new" ? undefined : options.apply;
  if (reach !== undefined && options.reason === undefined) {
    throw new Failure(
      "usage",
      "--reason is missing: it is stored on every window that moves.",
      "See mfactl replan --help.",
    );
  }
  const connection = await context.connect();
  const grace = allowedGrace(connection, options.grace.milliseconds);
  const { output } = context;
  const moves = options.apply === "new" ? [] : await preview(connection, output, grace, reach ?? "all");
  if (reach !== undefined) return apply(context, connection, moves, { ...options, grace, reach });
  const { stage, local } = connection.stack;
  const configLine = `gracePeriod: ${options.grace.text}   # in config/${local ? "<stage>" : stage}.yml, then deploy`;
  const document = { now: connection.clock.now(), gracePeriodSeconds: grace / 1000, moves: moves.map(viewOf) };
  output.result({ ...document, configLine }, () =>
    options.apply === "new"
      ? ["No open window moves. Set the grace period of future windows in the configuration:", `  ${configLine}`]
      : [
          ...previewText(output, moves),
          "\nNo window has moved. --apply shorten moves only windows that end earlier; --apply all moves all of them.",
          `Future windows: ${configLine}`,
        ],
  );
};

const allowedGrace = ({ policy, stack }: Pick<Connection, "policy" | "stack">, grace: number): number => {
  if (grace <= policy.maxWindow) return grace;
  const most = formatDuration(policy.maxWindow);
  throw new Failure(
    "duration-out-of-bounds",
    `A grace period of ${formatDuration(grace)} is longer than the longest window allowed (${most}).`,
    `Use at most ${most}, or change maxWindow in config/${stack.local ? "<stage>" : stack.stage}.yml first.`,
  );
};

const preview = async (
  { reports, outputs, clock }: Pick<Connection, "reports" | "outputs" | "clock">,
  output: Output,
  grace: number,
  reach: Reach,
): Promise<Move[]> => {
  const now = clock.now();
  const moves: Move[] = [];
  for await (const window of reports.openWindows(outputs.UserPoolId)) {
    moves.push(moveOf(window, grace, reach, now));
    output.progress(`${plural(moves.length, "window")} read`);
  }
  return moves;
};

const moveOf = (window: Window, grace: number, reach: Reach, now: Date): Move => {
  const dueThen = replanWindow(window, grace, reach, { at: now, by: "" }).dueAt;
  const difference = dueThen.getTime() - window.dueAt.getTime();
  if (difference === 0) return { window, dueThen, move: "stays" };
  if (difference > 0) return { window, dueThen, move: "later" };
  return { window, dueThen, move: dueThen <= now ? "closes now" : "earlier" };
};

const viewOf = ({ window, dueThen, move }: Move) => ({
  windowId: window.windowId,
  sub: window.sub,
  username: window.username,
  origin: window.origin,
  dueAt: window.dueAt,
  dueThen,
  move,
});

const previewText = (output: Output, moves: Move[]): string[] => {
  const moving = moves.filter(({ move }) => move !== "stays");
  const count = (kind: Move["move"]) => moves.filter(({ move }) => move === kind).length;
  const rows = moving.map(({ window, dueThen, move }) => [
    window.username,
    window.origin,
    instant(window.dueAt),
    instant(dueThen),
    move === "closes now"
      ? output.style("yellow", move)
      : `${formatDuration(dueThen.getTime() - window.dueAt.getTime())} ${move}`,
  ]);
  return [
    ...(rows.length === 0 ? [] : [`${output.table(["USER", "ORIGIN", "DUE", "DUE THEN", "MOVE"], rows)}\n`]),
    `${plural(moves.length, "open window")}: ${count("closes now")} would close now, ${count("earlier")} would end earlier, ${count("later")} later, ${count("stays")} would not change.`,
  ];
};

const apply = async (
  context: Context,
  connection: Connection,
  moves: Move[],
  options: Omit<Options, "grace"> & { grace: number; reach: Reach },
): Promise<void> => {
  const { clock, audit } = connection;
  const { output } = context;
  const { reason, ticket, reach, grace } = options;
  if (reason === undefined) {
    throw new Failure(
      "usage",
      "--reason is missing: it is stored on every window that moves.",
      "See mfactl replan --help.",
    );
  }
  const moving = moves.filter(({ move }) => move !== "stays");
  output.aside(previewText(output, moves).join("\n"));
  if (moving.length > 0) await context.confirm(`Move ${plural(moving.length, "window")}?`);
  const by = await connection.caller();
  const pacer = createPacer(clock, timersPerSecond, timersPerSecond);
  let moved = 0;
  // Includes windows whose due time stays: the next confirmed reset uses the new grace period.
  for (const { window } of moves) {
    context.interruption.check();
    await pacer.turn();
    const { kind } = await replanByOperator(connection, window, { gracePeriod: grace, reach }, { by, reason, ticket });
    if (kind === "done" && moving.some((move) => move.window === window)) moved += 1;
    output.progress(`${moved} of ${moving.length} moved`);
  }
  output.result({ now: clock.now(), gracePeriodSeconds: grace / 1000, moves: moving.map(viewOf), moved, audit }, () => [
    `${output.style("green", "Moved")} ${plural(moved, "window")}. Future windows do not change: see mfactl replan --grace … --apply new.`,
    recordedLine(output, audit),
  ]);
};
