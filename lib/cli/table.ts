import { paint } from "./terminal.ts";

/** Rows under a heading, in columns two blanks apart; the last column is as wide as it likes. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? "")].map(width))
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => cell + " ".repeat(widths[column]! - width(cell)))
      .join("  ").trimEnd();
  return [paint("bold", line(heading)), ...rows.map(line)].map((text) => `${text}\n`).join("");
}

/** Characters, not UTF-16 units. */
function width(text: string): number {
  return [...text].length;
}
