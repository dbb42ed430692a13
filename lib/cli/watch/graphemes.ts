import stringWidth from "string-width";
import { plainLine } from "../plain_text.ts";
import { watchLimits } from "./watch_limits.ts";

/** What takes up one place on a terminal: a letter with its marks, an emoji, half of a row's corner. */
export interface Grapheme {
  readonly text: string;
  /** Columns: 1 or 2. */
  readonly width: number;
}

const segmenter = new Intl.Segmenter();
const asciiOnly = /^[ -~]*$/;

/** Widths that were found before: the same few signs come again and again. */
const widths = new Map<string, number>();

/**
 * The places of a line that others may have written, in order. What would command the terminal is shown
 * as a sign, as in `plainLine`, and so is what takes no place of its own; marks beyond
 * `watchLimits.graphemeLength` are left out, which would grow into the lines around.
 */
export function graphemes(text: string): Grapheme[] {
  const line = plainLine(text);
  if (asciiOnly.test(line)) return Array.from(line, (each) => ({ text: each, width: 1 }));
  return Array.from(segmenter.segment(line), ({ segment }) => segment)
    .flatMap((segment) =>
      asciiOnly.test(segment) ? [{ text: segment, width: 1 }] : placed(segment)
    );
}

function placed(segment: string): Grapheme[] {
  const text = [...segment].slice(0, watchLimits.graphemeLength).join("");
  const width = Math.min(widthOf(text), 2);
  if (width > 0) return [{ text, width }];
  if (text === "\u00ad") return []; // a place where a word may be parted
  const code = text.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  return Array.from(`<U+${code}>`, (each) => ({ text: each, width: 1 }));
}

function widthOf(text: string): number {
  const known = widths.get(text);
  if (known !== undefined) return known;
  if (widths.size >= watchLimits.knownWidths) widths.clear();
  const width = stringWidth(text);
  widths.set(text, width);
  return width;
}
