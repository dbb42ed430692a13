// deno-lint-ignore no-control-regex
const styling = /\x1b\[[\d;]*m/g;

/** How many columns of a terminal `text` takes: its characters, not UTF-16 units, and no styling. */
export function columns(text: string): number {
  return [...text.replace(styling, "")].length;
}
