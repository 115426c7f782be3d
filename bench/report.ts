/** Returns a Markdown table. The first column is text, the others are numbers. */
export const table = (head: string[], rows: string[][]): string => {
  const lines = [head, head.map((_, column) => (column === 0 ? "---" : "---:")), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
};
