import { stringify } from "csv-stringify/sync";
import { columns, type ExportRow } from "./export-row.ts";

/** JSON Lines, https://jsonlines.org: every record ends with a line feed. */
export const jsonLinesOf = (rows: ExportRow[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/**
 * CSV as RFC 4180 writes it: every record ends with CR LF, the names of the columns come first. Lists are JSON. It begins
 * with a byte-order mark, without which Excel takes UTF-8 for the code page of the machine.
 */
export const csvOf = (rows: ExportRow[]): string =>
  stringify(rows, {
    bom: true,
    header: true,
    columns: [...columns],
    record_delimiter: "windows",
    // A lone CR or LF as well: most readers take it for the end of a record.
    quote_record_delimiter: true,
    cast: { string: harmless },
  });

/**
 * A spreadsheet runs a text that begins like this, in full width too, and some skip what is not printed before it.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const formula = /^[\t\r\n]|^[\s\p{Cc}\p{Cf}]*[=+\-@]/u;

const harmless = (text: string): string => (formula.test(text.normalize("NFKC")) ? `'${text}` : text);
