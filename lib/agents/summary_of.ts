import { limits } from "../core/limits.ts";

const sentences = new Intl.Segmenter("en", { granularity: "sentence" });
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The first sentences of a long text, at most `limits.summaryLength` characters, none of them cut in two. */
export function summaryOf(text: string): string {
  const beginning = text.trimStart().slice(0, 2 * limits.summaryLength);
  let summary = "";
  for (const { segment } of sentences.segment(beginning)) {
    if (summary.length + segment.length > limits.summaryLength) break;
    summary += segment;
  }
  return (summary === "" ? cut(beginning) : summary).trimEnd();
}

function cut(text: string): string {
  let kept = "";
  for (const { segment } of graphemes.segment(text)) {
    if (kept.length + segment.length > limits.summaryLength) break;
    kept += segment;
  }
  return kept;
}
