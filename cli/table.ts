import { stripVTControlCharacters } from "node:util";

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\uFF01-\uFF60\u3000-\u303F]|\p{Emoji_Presentation}/u;

/** How many columns of a terminal the text takes. */
export const displayWidth = (text: string): number =>
  [...stripVTControlCharacters(text)].reduce((total, character) => total + (wide.test(character) ? 2 : 1), 0);

const padded = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - displayWidth(text)));

/** Rows under their headings, in columns as wide as they need to be. */
export const table = (headings: string[], rows: string[][]): string => {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => displayWidth(row[column] ?? ""))));
  return all
    .map((row) =>
      widths
        .map((width, column) => padded(row[column] ?? "", width))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};
