import type { Pane } from "./screen_state.ts";
import { watchLimits } from "./watch_limits.ts";

/** A part of the screen. */
export interface Area {
  readonly row: number;
  readonly column: number;
  readonly width: number;
  readonly height: number;
}

/** Where each pane is; those that are absent have no room beside the one that has the focus. */
export type Layout = Partial<Record<Pane, Area>>;

/** Rows above the panes and below them. */
const headRows = 1;
const footRows = 1;

/**
 * Where the panes of a screen of this size are: all four side by side, or on a small one that which has the
 * focus, below a line with the names of all.
 */
export function screenLayout(width: number, height: number, focus: Pane): Layout {
  const rows = Math.max(0, height - headRows - footRows);
  if (!isWide(width, height)) {
    return { [focus]: { row: headRows + 1, column: 0, width, height: Math.max(0, rows - 1) } };
  }
  const left = Math.max(28, Math.min(46, Math.round(width * 0.34)));
  const right = { column: left + 1, width: width - left - 1 };
  const upperLeft = Math.floor(rows / 2);
  const upperRight = Math.max(rows - 16, Math.floor(rows * 0.6));
  return {
    members: { row: headRows, column: 0, width: left, height: upperLeft },
    conversations: { row: headRows + upperLeft, column: 0, width: left, height: rows - upperLeft },
    messages: { row: headRows, ...right, height: upperRight },
    details: { row: headRows + upperRight, ...right, height: rows - upperRight },
  };
}

/** Whether a screen has room for all panes at once. */
export function isWide(width: number, height: number): boolean {
  return width >= watchLimits.columnsWide && height >= watchLimits.rowsWide;
}
