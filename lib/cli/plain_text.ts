/**
 * Characters that make a terminal do something instead of showing them: controls with the escape
 * sequences that they begin, and those that reorder or hide text. Not line feed and tab, and not the
 * joiners and the soft hyphen, which words and emoji need.
 */
const commanding = /(?![\n\t\u200c\u200d\u00ad])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/**
 * The text of somebody else, safe to show: what would command the terminal is shown as a visible
 * sign instead (`␛` for escape, `<U+009B>` where Unicode has no sign). Lines stay lines.
 */
export function plainText(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(commanding, visible);
}

/** Like `plainText`, for what belongs into one line: names, directories. */
export function plainLine(text: string): string {
  return plainText(text).replace(/[\n\t]/g, visible);
}

/** JSON whose strings cannot command a terminal either: it escapes what `JSON.stringify` leaves raw. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value).replace(
    commanding,
    (character) =>
      character.split("").map((unit) => `\\u${hex(unit.charCodeAt(0)).toLowerCase()}`).join(""),
  );
}

function visible(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `<U+${hex(code)}>`;
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, "0");
}
