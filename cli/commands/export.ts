import { type Command, Option } from "commander";
import { writeFile } from "node:fs/promises";
import type { ClosedWindow, Window } from "../../shared/windows/window.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Connection } from "../stack/connection.ts";
import { instantOption } from "../terminal/option-values.ts";
import { instant, type Output, plural } from "../terminal/output.ts";
import { csvOf, jsonLinesOf } from "../windows/export-format.ts";
import { type ExportRun, exportRows, keptFrom, noWindowRow, runColumns } from "../windows/export-row.ts";

interface Options {
  from: Date;
  to: Date;
  format: "csv" | "jsonl";
  output?: string;
}

export const register = (program: Command, context: Context): void => {
  program
    .command("export")
    .summary("the windows of a period, for auditors")
    .description("Exports every window that was open at some time of the period, closed by now or not.")
    .requiredOption("--from <instant>", "2026-01-01 or 2026-01-01T10:00:00Z, included", instantOption)
    .requiredOption("--to <instant>", "the same, not included", instantOption)
    .addOption(new Option("--format <format>", "one line per window").choices(["csv", "jsonl"]).default("csv"))
    .option("--output <file>", "a new file (default: standard output)")
    .addHelpText(
      "after",
      `
It reads the whole table (a Scan): one read unit for every 8 KB, be the period long or short. It says what it took.
Times are ISO-8601 in UTC. Users are named by sub; email addresses in reasons and tickets are left out. Who acted stands
there as AWS names them, which for people who come by single sign-on can end in their address.
A period without a window gives one record, whose state is "none". CSV begins with a byte-order mark, for Excel.

Examples:
  $ mfactl export --from 2026-01-01 --to 2026-04-01 --format csv --output windows-2026-q1.csv
  $ mfactl export --from 2026-01-01 --to 2026-01-02 --format jsonl | jq .outcome`,
    )
    .action((options: Options) => exportWindows(context, options));
};

const exportWindows = async (context: Context, options: Options): Promise<void> => {
  if (options.from >= options.to) {
    throw new Failure("usage", "The period ends before it starts.", "--from must lie before --to.");
  }
  const connection = await context.connect();
  const { output } = context;
  const readAt = connection.clock.now();
  const { windows, cost } = await scan(connection, output, options);
  const { UserPoolId: userPoolId } = connection.outputs;
  const run = { userPoolId, from: options.from, to: options.to, readAt, exported: windows.length };
  const rows = exportRows(windows, run);
  const about = { userPoolId, ...runColumns(run), ...cost };
  if (options.output === undefined && output.json) {
    output.result({ windows: rows, ...about }, () => []);
  } else {
    const records = rows.length === 0 ? [noWindowRow(run)] : rows;
    const text = options.format === "csv" ? csvOf(records) : jsonLinesOf(records);
    if (options.output === undefined) output.asIs(text);
    else {
      await writeNew(options.output, text);
      output.result({ file: options.output, ...about }, () => [
        `${plural(rows.length, "window")} in ${options.output}.`,
      ]);
    }
  }
  if (output.json) return;
  for (const line of said(run)) output.aside(line);
  output.aside(`${plural(cost.itemsRead, "item")} read for ${plural(cost.readUnits, "read unit")}.`);
};

/** What the person must know before relying on the export. */
const said = (run: ExportRun): string[] => {
  const period = `from ${instant(run.from)} up to ${instant(run.to)}`;
  return [
    run.exported === 0
      ? `No window of ${run.userPoolId} is known to have been open ${period}; the one record says so.`
      : `${plural(run.exported, "window")} of ${run.userPoolId} ${run.exported === 1 ? "was" : "were"} open ${period}.`,
    ...(run.from < keptFrom(run)
      ? [`Windows that closed before ${instant(keptFrom(run))} are not kept any more: they may be missing.`]
      : []),
    ...(run.to > run.readAt ? [`The period is not over: the table was read at ${instant(run.readAt)}.`] : []),
  ];
};

const scan = async (
  { reports, outputs }: Pick<Connection, "reports" | "outputs">,
  output: Output,
  { from, to }: Options,
): Promise<{ windows: (Window | ClosedWindow)[]; cost: { itemsRead: number; readUnits: number } }> => {
  const found = new Map<string, Window | ClosedWindow>();
  const cost = { itemsRead: 0, readUnits: 0 };
  for await (const page of reports.openDuring(outputs.UserPoolId, from, to)) {
    cost.itemsRead += page.itemsRead;
    cost.readUnits += page.readUnits;
    for (const window of page.windows) {
      // A window that is just going into the history can come twice.
      found.set(window.windowId, window);
    }
    output.progress(`${plural(cost.itemsRead, "item")} read, ${plural(found.size, "window")} found`);
  }
  const windows = [...found.values()].sort((one, other) => one.openedAt.getTime() - other.openedAt.getTime());
  return { windows, cost };
};

const writeNew = async (file: string, text: string): Promise<void> => {
  try {
    await writeFile(file, text, { flag: "wx", mode: 0o600 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("usage", `${file} cannot be written: ${why}.`, "Name a file that does not exist yet.", { cause });
  }
};
