import { plainLine, plainText } from "../../cli/plain_text.ts";
import { webLimits } from "../web_limits.ts";

export { plainLine, plainText };

/** The beginning of a long text, and whether something was left out. */
export function beginningOf(text: string): { readonly text: string; readonly isCut: boolean } {
  const lines = text.slice(0, webLimits.shownLength).split("\n", webLimits.shownLines);
  const beginning = lines.join("\n");
  // Never between the halves of one character.
  return { text: beginning.replace(/[\ud800-\udbff]$/, ""), isCut: beginning.length < text.length };
}

/** The first line of a text that says something. */
export function firstLine(text: string): string {
  return plainLine(text.slice(0, 400).trim().replace(/\s+/g, " "));
}
