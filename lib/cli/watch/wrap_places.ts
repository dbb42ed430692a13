import { graphemes } from "./graphemes.ts";
import type { Grapheme } from "./graphemes.ts";

/**
 * `text` in lines of at most `width` columns, broken between words where there are some, and inside of
 * what is longer. Its own lines stay lines; tabs become blanks. Nothing in it commands a terminal.
 */
export function wrapPlaces(text: string, width: number): string[] {
  return text.replaceAll("\r\n", "\n").split("\n")
    .flatMap((line) => wrapLine(line.replaceAll("\t", "    "), Math.max(2, width)));
}

/** In places, not in letters: a mark on a blank stays there. */
function wrapLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let current: Grapheme[] = [];
  for (const place of graphemes(line)) {
    while (columnsOf(current) + place.width > width) {
      const afterBlank = current.findLastIndex(({ text }) => text === " ") + 1;
      const end = afterBlank > 0 && place.text !== " " ? afterBlank : current.length;
      lines.push(textOf(current.slice(0, end)).trimEnd());
      current = current.slice(end);
    }
    if (place.text === " " && current.length === 0 && lines.length > 0) continue;
    current.push(place);
  }
  return [...lines, textOf(current)];
}

function columnsOf(places: readonly Grapheme[]): number {
  return places.reduce((sum, { width }) => sum + width, 0);
}

function textOf(places: readonly Grapheme[]): string {
  return places.map(({ text }) => text).join("");
}
