import { columns } from "./columns.ts";

/** Before a run of blanks, and between the parts of a JSON shape: `"id","from"`, `"here"|"away"`. */
const breaks = /(?<! )(?= )|(?<=[,|])(?=")/;

/**
 * `text` with each of its lines broken between words, so that none is longer than `width` columns. What
 * follows a break is indented as its line is, and by `hanging` more. A word that is longer, a path
 * perhaps, stays whole and has a line of its own.
 */
export function wrapText(text: string, width: number, hanging = 0): string {
  return text.split("\n").map((line) => wrapLine(line, width, hanging)).join("\n");
}

function wrapLine(line: string, width: number, hanging: number): string {
  if (columns(line) <= width) return line;
  const indent = " ".repeat(line.length - line.trimStart().length + hanging);
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(breaks)) {
    if (current !== "" && columns(current + word) > width) {
      lines.push(current);
      current = indent + word.trimStart();
    } else current += word;
  }
  return [...lines, current.trimEnd()].join("\n");
}
