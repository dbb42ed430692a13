import type { Grid } from "./grid.ts";
import type { Area } from "./screen_layout.ts";
import type { Pane, ScreenState } from "./screen_state.ts";
import { styles } from "./styles.ts";

/** The rows of a pane, of which one is chosen. */
export interface ListRows {
  readonly pane: Pane;
  readonly title: string;
  readonly count: number;
  /** The chosen row; -1 for none. */
  readonly chosen: number;
  /** Lines that each row takes. */
  readonly lines: number;
  /** What stands there where there are no rows. */
  readonly empty: string;
  /** Draws the row `index` into its lines. */
  draw(index: number, area: Area): void;
}

/** Draws a pane with its title and those of its rows that there is room for, the chosen one among them. */
export function drawList(grid: Grid, area: Area, state: ScreenState, rows: ListRows): void {
  const { pane, title, count, chosen, lines } = rows;
  drawTitle(grid, area, state.focus === pane, title);
  const inside = { ...area, row: area.row + 1, height: Math.max(0, area.height - 1) };
  const page = Math.max(1, Math.floor(inside.height / lines));
  state.pages[pane] = page;
  const offset = visibleFrom(state.offsets[pane], { page, count, chosen });
  state.offsets[pane] = offset;
  if (count === 0) grid.put(inside.row, area.column + 1, area.width - 1, dim(rows.empty));
  for (let shown = 0; shown < Math.min(page, count - offset); shown++) {
    const row = inside.row + shown * lines;
    if (row + lines > inside.row + inside.height && shown > 0) break;
    rows.draw(offset + shown, { ...inside, row, height: lines });
    if (offset + shown === chosen) markChosen(grid, { ...inside, row, height: lines }, state, pane);
  }
}

/** The heading of a pane, with a line to its end. */
export function drawTitle(grid: Grid, area: Area, hasFocus: boolean, title: string): void {
  const style = hasFocus ? styles.bold | styles.inverse : styles.bold;
  const used = grid.put(area.row, area.column, area.width, [{ text: ` ${title} `, style }]);
  grid.put(area.row, area.column + used, area.width - used, dim("─".repeat(area.width - used)));
}

function markChosen(grid: Grid, area: Area, state: ScreenState, pane: Pane): void {
  const style = state.focus === pane ? styles.inverse : styles.bold;
  for (let row = area.row; row < area.row + area.height; row++) {
    grid.mark(row, area.column, area.width, style);
  }
}

/** The first row that is shown: as before, unless the chosen one would be out of sight. */
function visibleFrom(
  before: number,
  { page, count, chosen }: { page: number; count: number; chosen: number },
): number {
  let from = before;
  if (chosen >= 0) from = Math.max(chosen - page + 1, Math.min(from, chosen));
  return Math.max(0, Math.min(from, count - page));
}

function dim(text: string) {
  return [{ text, style: styles.dim }];
}
