import { stringify } from "csv-stringify/sync";
import { columns, type ExportRow } from "./export-row.ts";

/** JSON Lines, https://jsonlines.org: every record ends with a line feed. */
export const jsonLinesOf = (rows: ExportRow[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/**
 * Returns CSV as in RFC 4180: the header comes first and every record ends with CR LF. Lists are JSON. The text begins with a
 * byte-order mark; without it, Excel reads UTF-8 as the machine's code page.
 */
export const csvOf = (rows: ExportRow[]): string =>
  stringify(rows, {
    bom: true,
    header: true,
    columns: [...columns],
    record_delimiter: "windows",
    // Also quotes a lone CR or LF: most readers would end the record there.
    quote_record_delimiter: true,
    cast: { string: harmless },
  });

/**
 * Spreadsheets run text that begins like this as a formula, even in full-width characters or after unprintable ones.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const formula = /^[\t\r\n]|^[\s\p{Cc}\p{Cf}]*[=+\-@]/u;

const harmless = (text: string): string => (formula.test(text.normalize("NFKC")) ? `'${text}` : text);
