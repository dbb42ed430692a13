import { plainLine } from "../plain_text.ts";
import { Grid } from "./grid.ts";
import type { Span } from "./grid.ts";
import { styleSequence } from "./styles.ts";

/** How lines are shown: cut to a width, in styles; both are for terminals alone. */
export interface LineForm {
  /** Columns; absent where lines are as long as they like. */
  readonly width?: number;
  readonly hasStyles: boolean;
  readonly hasColours: boolean;
}

/** Spans as one line of output, without its end. Nothing in it commands a terminal but its styles. */
export function spanLine(
  spans: readonly Span[],
  { width, hasStyles, hasColours }: LineForm,
): string {
  if (width === undefined) return spans.map(({ text }) => plainLine(text)).join("");
  const grid = new Grid(width, 1);
  const used = grid.put(0, 0, width, spans);
  if (!hasStyles) return grid.signs.slice(0, used).join("");
  let style = 0;
  let line = "";
  for (let at = 0; at < used; at++) {
    if (grid.signs[at] === "") continue;
    if (grid.styles[at] !== style) line += styleSequence(style = grid.styles[at]!, hasColours);
    line += grid.signs[at];
  }
  return style === 0 ? line : `${line}\x1b[0m`;
}
