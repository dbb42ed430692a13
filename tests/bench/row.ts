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

/** The table in Markdown, its columns as wide as they need to be. */
export function tableOf(rows: readonly Row[]): string {
  const head = ["what", "here", "against", "there", "ratio", "aim"];
  const cells = rows.map(({ what, ours, against, other, ratio, aim }) => [
    ...[what, ours, against, other],
    ratio === undefined ? "" : ratio.toFixed(2),
    aim,
  ]);
  const lines = [head, head.map(() => "---"), ...cells];
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}
