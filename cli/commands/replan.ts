import { type Command, Option } from "commander";
import { formatDuration } from "../../shared/config/duration.ts";
import { replanByOperator } from "../../shared/lifecycle/operate.ts";
import { createPacer } from "../../shared/runtime/pacer.ts";
import { replanWindow, type Reach } from "../../shared/windows/operator-acts.ts";
import type { Window } from "../../shared/windows/window.ts";
import { recordedLine } from "../audit/recorded-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Connection } from "../stack/connection.ts";
import { durationAsWritten, reasonOption, ticketOption } from "../terminal/option-values.ts";
import { instant, type Output, plural } from "../terminal/output.ts";

interface Options {
  grace: { text: string; milliseconds: number };
  apply?: "new" | Reach;
  reason?: string;
  ticket?: string;
}

/** What another grace period would do to an open window. */
interface Move {
  window: Window;
  dueThen: Date;
  move: "closes now" | "earlier" | "later" | "stays";
}

/** Timers are made one by one: https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html */
const timersPerSecond = 20;

export const register = (program: Command, context: Context): void => {
  program
    .command("replan")
    .summary("see, and then apply, another grace period to the open windows")
    .description("Shows which open windows would close now, move earlier or move later under another grace period.")
    .requiredOption("--grace <duration>", "the other grace period", durationAsWritten)
    .addOption(
      new Option("--apply <reach>", "new: no open window; shorten: those that end earlier by it; all").choices([
        "new",
        "shorten",
        "all",
      ]),
    )
    .option("--reason <text>", "why; it stays on each window that moves", reasonOption)
    .option("--ticket <id>", "the ticket it belongs to", ticketOption)
    .addHelpText(
      "after",
      `
Without --apply it only shows. It counts from the newest confirmed reset of a window, or else from its opening; what an
operator gave when opening or extending is replaced too. No window goes past its cap, and one that is due or was told to
close stays as it is. The grace period of windows to come is configuration: --apply new says which line to change.

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
      "Say --reason: it stays on every window that moves.",
      "mfactl replan --help tells more.",
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
      ? ["No open window moves. Windows to come get it from the configuration:", `  ${configLine}`]
      : [
          ...previewText(output, moves),
          "\nNothing has moved. --apply shorten moves what would end earlier, --apply all also what would end later.",
          `Windows to come: ${configLine}`,
        ],
  );
};

const allowedGrace = ({ policy, stack }: Pick<Connection, "policy" | "stack">, grace: number): number => {
  if (grace <= policy.maxWindow) return grace;
  const most = formatDuration(policy.maxWindow);
  throw new Failure(
    "duration-out-of-bounds",
    `A grace period of ${formatDuration(grace)} is longer than any window may be, ${most}.`,
    `Take at most ${most}, or change maxWindow in config/${stack.local ? "<stage>" : stack.stage}.yml first.`,
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
    `${plural(moves.length, "open window")}: ${count("closes now")} would close now, ${count("earlier")} would end earlier, ${count("later")} later, ${count("stays")} would stay.`,
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
      "Say --reason: it stays on every window that moves.",
      "mfactl replan --help tells more.",
    );
  }
  const moving = moves.filter(({ move }) => move !== "stays");
  output.aside(previewText(output, moves).join("\n"));
  if (moving.length > 0) await context.confirm(`Move ${plural(moving.length, "window")}?`);
  const by = await connection.caller();
  const pacer = createPacer(clock, timersPerSecond, timersPerSecond);
  let moved = 0;
  // Those that stay may count another grace period at their next confirmed reset.
  for (const { window } of moves) {
    context.interruption.check();
    await pacer.turn();
    const { kind } = await replanByOperator(connection, window, { gracePeriod: grace, reach }, { by, reason, ticket });
    if (kind === "done" && moving.some((move) => move.window === window)) moved += 1;
    output.progress(`${moved} of ${moving.length} moved`);
  }
  output.result({ now: clock.now(), gracePeriodSeconds: grace / 1000, moves: moving.map(viewOf), moved, audit }, () => [
    `${output.style("green", "Moved")} ${plural(moved, "window")}. Windows to come are not changed by this: see mfactl replan --grace … --apply new.`,
    recordedLine(output, audit),
  ]);
};
