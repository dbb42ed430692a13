import { columns } from "./columns.ts";
import { lineWidth, paint } from "./terminal.ts";

const gap = "  ";

/**
 * Rows under a heading, in columns two blanks apart; the last column is as wide as it likes. On a
 * terminal (`folds`) the columns that `lineWidth` leaves no room for go into a second line of each row,
 * indented; elsewhere scripts find a row in one line, whatever is in it.
 */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  folds = Deno.stdout.isTerminal(),
): string {
  const widths = heading.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? "")].map(columns))
  );
  const first = folds ? fitting(widths) : widths.length;
  const aligned = (cells: readonly string[], from: number) =>
    cells.map((cell, column) => cell + " ".repeat(widths[from + column]! - columns(cell)))
      .join(gap).trimEnd();
  const lines = (cells: readonly string[]) => {
    const rest = aligned(cells.slice(first), first);
    return [aligned(cells.slice(0, first), 0), ...(rest === "" ? [] : [gap + rest])];
  };
  const [titles, ...others] = [heading, ...rows].map(lines);
  return [...titles!.map((line) => paint("bold", line)), ...others.flat()]
    .map((line) => `${line}\n`).join("");
}

/** How many of the columns fit into one line; one at least. */
function fitting(widths: readonly number[]): number {
  let width = -gap.length;
  const tooFar = widths.findIndex((each) => (width += each + gap.length) > lineWidth);
  return tooFar === -1 ? widths.length : Math.max(1, tooFar);
}
