import { writeFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import type { ClosedWindow, Window } from "../shared/window.ts";
import type { Connection } from "./connection.ts";
import type { Context } from "./context.ts";
import { csvOf, exportRow, jsonLinesOf } from "./export-row.ts";
import { Failure } from "./failure.ts";
import { instantOption } from "./option-values.ts";
import { type Output, plural } from "./output.ts";

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
  const { windows, cost } = await scan(connection, output, options);
  const rows = windows.map(exportRow);
  const text = options.format === "csv" ? csvOf(rows) : jsonLinesOf(rows);
  if (options.output === undefined) {
    if (output.json) output.result({ windows: rows, ...cost }, () => []);
    else output.text(text);
  } else {
    await writeNew(options.output, `${text}\n`);
    output.result({ file: options.output, exported: rows.length, ...cost }, () => [
      `${plural(rows.length, "window")} in ${options.output}.`,
    ]);
  }
  if (!output.json) {
    output.aside(`${plural(cost.itemsRead, "item")} read for ${plural(cost.readUnits, "read unit")}.`);
  }
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
      // A window that is being closed is there twice; until its open item is gone it is open.
      if (!("closedAt" in window) || !found.has(window.windowId)) found.set(window.windowId, window);
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
