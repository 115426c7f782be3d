import { type Command, Option } from "commander";
import { writeFile } from "node:fs/promises";
import type { ClosedWindow, Window } from "../../shared/windows/window.ts";
import { Failure } from "../exit/failure.ts";
import type { Connection } from "../stack/connection.ts";
import type { Context } from "../stack/context.ts";
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
    .description("Exports every window that was open at any time in the period, whether it has closed or not.")
    .requiredOption("--from <instant>", "start, included: 2026-01-01 or 2026-01-01T10:00:00Z", instantOption)
    .requiredOption("--to <instant>", "end, not included", instantOption)
    .addOption(new Option("--format <format>", "one line per window").choices(["csv", "jsonl"]).default("csv"))
    .option("--output <file>", "a new file (default: standard output)")
    .addHelpText(
      "after",
      `
The export reads the whole table (a Scan), however short the period: one read unit for every 8 KB. It reports the cost.
Times are ISO-8601 in UTC. Users are named by sub. Email addresses in reasons and tickets are left out. Operators appear
under their AWS ARN, which with single sign-on can end in their email address.
If the period has no window, the export has one record with the state "none". CSV begins with a byte-order mark, for Excel.

Examples:
  $ mfactl export --from 2026-01-01 --to 2026-04-01 --format csv --output windows-2026-q1.csv
  $ mfactl export --from 2026-01-01 --to 2026-01-02 --format jsonl | jq .outcome`,
    )
    .action((options: Options) => exportWindows(context, options));
};

const exportWindows = async (context: Context, options: Options): Promise<void> => {
  if (options.from >= options.to) {
    throw new Failure("usage", "The period must end after it starts.", "Set --from to a time before --to.");
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

/** The limits of the export, for the operator who relies on it. */
const said = (run: ExportRun): string[] => {
  const period = `from ${instant(run.from)} up to ${instant(run.to)}`;
  return [
    run.exported === 0
      ? `No window of ${run.userPoolId} is known to have been open ${period}. The export has one record that says so.`
      : `${plural(run.exported, "window")} of ${run.userPoolId} ${run.exported === 1 ? "was" : "were"} open ${period}.`,
    ...(run.from < keptFrom(run)
      ? [`Windows that closed before ${instant(keptFrom(run))} may be missing: they are no longer kept.`]
      : []),
    ...(run.to > run.readAt ? [`The period is not over yet: the table was read at ${instant(run.readAt)}.`] : []),
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
      // A window that closes during the scan can appear twice.
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
    throw new Failure("usage", `Cannot write ${file}: ${why}.`, "Use the name of a new file.", { cause });
  }
};
