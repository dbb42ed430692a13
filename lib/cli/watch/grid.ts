import { graphemes } from "./graphemes.ts";
import type { Grapheme } from "./graphemes.ts";
import { styles } from "./styles.ts";

/** A part of a line in one style. */
export interface Span {
  readonly text: string;
  readonly style: number;
}

/**
 * What a screen shows: rows of places, each with its sign and style. Nothing that is put here can command a
 * terminal: `put` shows what would as a sign.
 */
export class Grid {
  readonly width: number;
  readonly height: number;
  /** Row after row; the right half of a wide sign is empty. */
  readonly signs: string[];
  readonly styles: Uint8Array;
  /** Where the cursor is shown; undefined where it is not. */
  cursor: { readonly column: number; readonly row: number } | undefined;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.signs = new Array(width * height).fill(" ");
    this.styles = new Uint8Array(width * height);
  }

  /**
   * Writes a line into the `room` columns from `column` on, cut with an ellipsis where it is longer.
   * Returns how many columns it took. What lies outside of the grid is left out.
   */
  put(row: number, column: number, room: number, spans: readonly Span[] | string): number {
    const line = typeof spans === "string" ? [{ text: spans, style: styles.plain }] : spans;
    const places = line.flatMap(({ text, style }) =>
      graphemes(text).map((grapheme) => ({ ...grapheme, style }))
    );
    let used = 0;
    for (const place of fitted(places, Math.min(room, this.width - column))) {
      this.#set(row, column + used, place);
      used += place.width;
    }
    return used;
  }

  /** Gives the `room` places from `column` on these attributes besides their own. */
  mark(row: number, column: number, room: number, style: number): void {
    if (row < 0 || row >= this.height) return;
    const end = Math.min(column + room, this.width);
    for (let at = column; at < end; at++) this.styles[row * this.width + at]! |= style;
  }

  #set(row: number, column: number, { text, width, style }: Grapheme & { style: number }): void {
    if (row < 0 || row >= this.height || column < 0) return;
    const at = row * this.width + column;
    // Of a wide sign that is written over in part, nothing stays.
    if (this.signs[at] === "") this.signs[at - 1] = " ";
    const end = at + width;
    if (column + width < this.width && this.signs[end] === "") this.signs[end] = " ";
    this.signs[at] = text;
    if (width === 2) this.signs[at + 1] = "";
    this.styles.fill(style, at, end);
  }
}

/** The places that fit into `room`; where not all do, the last one is an ellipsis. */
function fitted<Place extends Grapheme>(places: readonly Place[], room: number): Place[] {
  const width = places.reduce((sum, place) => sum + place.width, 0);
  if (width <= room) return [...places];
  if (room <= 0) return [];
  const kept: Place[] = [];
  let used = 0;
  for (const place of places) {
    if (used + place.width > room - 1) break;
    kept.push(place);
    used += place.width;
  }
  return [...kept, { ...(kept.at(-1) ?? places[0]!), text: "…", width: 1 }];
}
