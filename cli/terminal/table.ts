import stringWidth from "string-width";

/** The number of terminal columns that the text takes, without its styles. */
const displayWidth = (text: string): number => stringWidth(text);

const padded = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - displayWidth(text)));

/** Formats rows under their headings. Each column is as wide as its longest cell. */
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
