/**
 * Characters with which a text could leave its fence or hide in it: controls, line ends, and all that
 * nobody sees. Joiners and the selectors of a variant stay where writing and emoji need them, which is
 * after a letter that is not of ASCII: between others they only part a tag from what looks for it.
 */
const unsafe = new RegExp(
  "[\\p{Cc}\\p{Zl}\\p{Zp}\\u115f\\u1160\\u3164\\uffa0\\u{e0000}-\\u{e01ef}]|" +
    "(?![\\u200c\\u200d])\\p{Cf}|(?<![\\P{ASCII}\\d#*])[\\u200c\\u200d\\ufe00-\\ufe0f]",
  "gu",
);

/**
 * Tags with which clients tell their models whose words something is, and how the model's own tools
 * begin; and how a speaker or one of our own headers begins a line.
 */
const tags = new RegExp(
  "<(?=/?((system|user|assistant|human|tool|function|hook|untrusted|channel|task)" +
    "([-_:][\\w:-]*|s?_?\\w*)?|(antml|command|local-command|bash|environment|persisted)" +
    "[-_:][\\w:-]*|invoke|parameter(?=\\s+name))[\\s/>])",
  "gi",
);
const speakers = /^(?=[^\S\n]*(?:(?:human|user|assistant|system)[ \t]*:|#\d+ from ))/gim;

/** `text` as data inside other text: every line begins with `> `, which nothing in it can end. */
export function fenced(text: string): string {
  return harmless(text).split("\n").map((line) => line === "" ? ">" : `> ${line}`).join("\n");
}

/**
 * `text` as data where something else fences it: what could pass for a client's own tag, or for another
 * speaker's turn, is written so that it cannot. Newlines and tabs stay.
 */
export function quoted(text: string): string {
  return harmless(text).replace(speakers, "> ");
}

/** `text` with its unsafe characters made visible and its tags opened; newlines and tabs stay. */
function harmless(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(unsafe, visible).replace(tags, "\u2039");
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
