import type { Grid } from "./grid.ts";
import { styleSequence } from "./styles.ts";

/** Places between two changes that are written again: cheaper than to move the cursor over them. */
const bridge = 4;

/**
 * What a terminal that shows `before` has to be written to show `after`: only places that changed. Without
 * `before`, or with one of another size, it is erased and written as a whole. Signs that terminals do not
 * agree on the width of move nothing but themselves: the cursor is set anew behind them.
 */
export function changedCells(before: Grid | undefined, after: Grid, hasColours: boolean): string {
  const isSame = before?.width === after.width && before.height === after.height;
  const parts: string[] = isSame ? [] : ["\x1b[0m\x1b[2J"];
  for (let row = 0; row < after.height; row++) {
    for (const [from, to] of changedRuns(isSame ? before : undefined, after, row)) {
      parts.push(writtenRun(after, { row, from, to }, hasColours));
    }
  }
  const { cursor } = after;
  const moved = cursor?.row !== before?.cursor?.row || cursor?.column !== before?.cursor?.column;
  if (isSame && parts.length === 0 && !moved) return "";
  const end = cursor === undefined ? "\x1b[?25l" : `${moveTo(cursor.row, cursor.column)}\x1b[?25h`;
  // What is between the first and the last sequence a terminal shows at once, if it can.
  return `\x1b[?2026h\x1b[?25l${parts.join("")}\x1b[0m${end}\x1b[?2026l`;
}

/** Where a row differs, as places from … up to, without, …; never half of a wide sign. */
function changedRuns(before: Grid | undefined, after: Grid, row: number): [number, number][] {
  const start = row * after.width;
  const differs = (at: number) =>
    before === undefined
      ? after.signs[at] !== " " || after.styles[at] !== 0
      : before.signs[at] !== after.signs[at] || before.styles[at] !== after.styles[at];
  const runs: [number, number][] = [];
  for (let column = 0; column < after.width; column++) {
    if (!differs(start + column)) continue;
    const last = runs.at(-1);
    if (last !== undefined && column - last[1] <= bridge) last[1] = column + 1;
    else runs.push([column, column + 1]);
  }
  return runs.map(([from, to]) => [
    after.signs[start + from] === "" ? from - 1 : from,
    after.signs[start + to] === "" && to < after.width ? to + 1 : to,
  ]);
}

interface Run {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

function writtenRun(grid: Grid, { row, from, to }: Run, hasColours: boolean): string {
  let text = moveTo(row, from);
  let style = -1;
  for (let column = from; column < to; column++) {
    const at = row * grid.width + column;
    const sign = grid.signs[at]!;
    if (sign === "") continue;
    if (grid.styles[at] !== style) text += styleSequence(style = grid.styles[at]!, hasColours);
    text += sign;
    if (!isAscii(sign) && column + 1 < to) text += moveTo(row, column + (isWide(grid, at) ? 2 : 1));
  }
  return text;
}

function isWide(grid: Grid, at: number): boolean {
  return grid.signs[at + 1] === "" && (at + 1) % grid.width !== 0;
}

function isAscii(sign: string): boolean {
  return sign.length === 1 && sign.charCodeAt(0) < 0x80;
}

function moveTo(row: number, column: number): string {
  return `\x1b[${row + 1};${column + 1}H`;
}
