import { wrapText } from "./wrap_text.ts";

const encoder = new TextEncoder();

interface ByteSink {
  write(bytes: Uint8Array): Promise<number>;
}

/** Writes all of `text` to stdout, where data goes. Rejects when the reader has closed it. */
export async function writeOut(text: string): Promise<void> {
  await writeAll(Deno.stdout, text);
}

/** Writes all of `text` to stderr, where errors and remarks go. Rejects when it is closed. */
export async function writeError(text: string): Promise<void> {
  await writeAll(Deno.stderr, text);
}

/** A pipe takes what fits into it: the rest has to be offered again. */
async function writeAll(sink: ByteSink, text: string): Promise<void> {
  let rest = encoder.encode(text);
  while (rest.length > 0) rest = rest.subarray(await sink.write(rest));
}

/** Columns of what is said to people: those that a terminal has when nobody has made it wider. */
export const lineWidth = 80;

/**
 * `text` for stdout, with its lines wrapped at `lineWidth` where that is a terminal, and what follows a
 * break indented by `hanging` more. In a pipe each statement stays one line, which scripts can find.
 */
export function prose(text: string, hanging = 0): string {
  return Deno.stdout.isTerminal() ? wrapText(text, lineWidth, hanging) : text;
}

/** The same for stderr. */
export function remark(text: string, hanging = 0): string {
  return Deno.stderr.isTerminal() ? wrapText(text, lineWidth, hanging) : text;
}

const styles = { bold: [1, 22], dim: [2, 22], green: [32, 39], red: [31, 39] } as const;

/** `text` in a style where stdout is a terminal that can do it and wants it; otherwise `text` as it is. */
export function paint(style: keyof typeof styles, text: string): string {
  if (Deno.noColor || !Deno.stdout.isTerminal() || isDumb()) return text;
  const [on, off] = styles[style];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}

/** Whether the terminal says that it only prints, as that inside of an editor: no styles, nothing erased. */
export function isDumb(): boolean {
  return Deno.env.get("TERM") === "dumb";
}
