import { describe, expect, it } from "@jest/globals";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import Papa from "papaparse";
import { csvOf, jsonLinesOf } from "../../cli/windows/export-format.ts";

/** Third-party readers. The last one accepts only CR LF as the end of a record, the one before accepts any line end. */
const readers: Record<string, (csv: string) => Record<string, string>[]> = {
  papaparse: (csv) => {
    const { data, errors } = Papa.parse<Record<string, string>>(csv, { header: true });
    expect(errors).toEqual([
      // It reads an additional empty record after the end of the last one.
      expect.objectContaining({ type: "FieldMismatch", row: data.length - 1 }),
    ]);
    return data.slice(0, -1);
  },
  "a lenient csv-parse": (csv) => parse(csv, { columns: true, bom: true, record_delimiter: ["\r\n", "\n", "\r"] }),
  "a strict csv-parse": (csv) => parse(csv, { columns: true, bom: true, record_delimiter: "\r\n" }),
};

const texts = [
  "plain",
  'he said "no", twice',
  "one, two; three\tfour",
  "first\nsecond",
  "first\rsecond\r\nthird",
  "日本語の理由、「再設定」",
  "👩‍👩‍👧 emoji",
  " spaces around ",
  "it's",
  '"',
  "\\",
];

const formulas = [
  "=1+1",
  "+1",
  "-1",
  "@SUM(A1)",
  "＝1+1",
  "＋1",
  "－1",
  "＠SUM(A1)",
  "\n=1",
  "\t=1",
  "\r=1",
  "\nplain",
];

describe.each(Object.entries(readers))("CSV as %s reads it", (_, read) => {
  it.each(texts)("has the text %j unchanged", (text) => {
    const [row, ...others] = read(csvOf([{ version: 1, reason: text, ticket: "HD-1", exported: 1 }]));
    expect(others).toEqual([]);
    expect(row).toMatchObject({ version: "1", windowId: "", reason: text, ticket: "HD-1", exported: "1" });
  });

  it.each([...formulas, " =1", "\u00a0=1", "\ufeff=1", "\u200b=1", "﹢1", "\u0000=1"])(
    "has an apostrophe before %j, which a spreadsheet could run",
    (text) => {
      expect(read(csvOf([{ reason: text }]))).toMatchObject([{ reason: `'${text}` }]);
    },
  );

  it("has the right number of records, with any content", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 5 }), (reasons) => {
        const found = read(csvOf(reasons.map((reason) => ({ version: 1, reason }))));
        expect(found.map(({ reason = "" }) => reason.replace(/^'/, ""))).toEqual(
          reasons.map((reason) => reason.replace(/^'/, "")),
        );
      }),
    );
  });

  it("has lists as JSON, and numbers below zero as they are", () => {
    const changes = [{ kind: "extended", reason: '=1, "x"' }];
    const [row] = read(csvOf([{ changes, factorsAfter: ["EMAIL_OTP"], latenessSeconds: -1 }]));
    expect(JSON.parse(row?.["changes"] ?? "")).toEqual(changes);
    expect(row).toMatchObject({ factorsAfter: '["EMAIL_OTP"]', latenessSeconds: "-1" });
  });
});

describe("an export", () => {
  it("begins with a byte-order mark and ends every record with CR LF, as CSV", () => {
    const csv = csvOf([{ version: 1 }, { version: 1 }]);
    expect(csv).toMatch(/^\ufeffversion,windowId,/);
    expect(csv.match(/\r\n/g)).toHaveLength(3);
    expect(csv.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    expect(csv.endsWith("\r\n")).toBe(true);
  });

  it("ends every record with a line feed, as JSON Lines", () => {
    expect(jsonLinesOf([{ reason: "a\nb" }, { reason: "＝1" }])).toBe('{"reason":"a\\nb"}\n{"reason":"＝1"}\n');
  });
});
