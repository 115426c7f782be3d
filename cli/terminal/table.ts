import stringWidth from "string-width";

/** How many columns of a terminal the text takes, styles aside. */
const displayWidth = (text: string): number => stringWidth(text);

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
