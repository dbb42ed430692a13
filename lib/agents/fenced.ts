/**
 * Characters with which a text could leave its fence or hide in it: controls, line ends, marks that
 * turn the direction of writing, and the invisible tag characters.
 */
const unsafe = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\u{e0000}-\u{e007f}]/gu;

/** `text` as data inside other text: every line begins with `> `, which nothing in it can end. */
export function fenced(text: string): string {
  return harmless(text).split("\n").map((line) => line === "" ? ">" : `> ${line}`).join("\n");
}

/** `text` with its unsafe characters made visible; newlines and tabs stay. */
function harmless(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(unsafe, visible);
}

/** `text` as part of one line. */
export function oneLine(text: string): string {
  return harmless(text).replace(/[\n\t]+/g, " ");
}

function visible(character: string): string {
  if (character === "\n" || character === "\t") return character;
  const code = character.codePointAt(0)!;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code); // the picture of that control
  if (code === 0x7f) return "\u2421";
  return `\\u{${code.toString(16)}}`;
}
