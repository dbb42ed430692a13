import type { Samples } from "./samples.ts";

/** One line of the table: what was measured, against what in the same run, and what was aimed at. */
export interface Row {
  readonly what: string;
  /** Our figure, with its unit. */
  readonly ours: string;
  readonly against: string;
  /** The other figure; empty where there is none. */
  readonly other: string;
  /** Ours divided by the other, or what is compared with the aim. */
  readonly ratio?: number;
  readonly aim: string;
}

const columns = ["what", "here", "against", "there", "ratio", "aim"];

/** The first two lines of the table, in Markdown. */
export const head = `${inColumns(columns)}\n${inColumns(columns.map(() => "---"))}`;

/** The line of the table that `row` is. */
export function lineOf({ what, ours, against, other, ratio, aim }: Row): string {
  return inColumns([what, ours, against, other, ratio === undefined ? "" : ratio.toFixed(2), aim]);
}

function inColumns(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** The row of our times and others of the same run, by their medians. */
export function timedRow(
  what: string,
  ours: Samples,
  against: string,
  other: Samples,
  aim: string,
): Row {
  const ratio = ours.median / other.median;
  return {
    what: `${what} (median / 99th percentile)`,
    ours: String(ours),
    against,
    other: String(other),
    ratio,
    aim,
  };
}
