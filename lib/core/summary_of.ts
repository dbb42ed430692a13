import { limits } from "./limits.ts";

/** The first sentences of a long text, at most `limits.summaryLength` characters, none of them cut in two. */
export function summaryOf(text: string): string {
  const beginning = text.trimStart().slice(0, 2 * limits.summaryLength);
  return (firstOf(beginning, "sentence") || firstOf(beginning, "grapheme")).trimEnd();
}

/** Segmenters are made where a long text comes: that takes some milliseconds, which no start has to spare. */
function firstOf(text: string, granularity: "sentence" | "grapheme"): string {
  let kept = "";
  for (const { segment } of new Intl.Segmenter("en", { granularity }).segment(text)) {
    if (kept.length + segment.length > limits.summaryLength) break;
    kept += segment;
  }
  return kept;
}
