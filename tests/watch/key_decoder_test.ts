import assert from "node:assert/strict";
import { KeyDecoder } from "../../lib/cli/watch/key_decoder.ts";
import type { Key } from "../../lib/cli/watch/key_decoder.ts";
import { promptOf, promptText, typed } from "../../lib/cli/watch/prompt.ts";

const encoder = new TextEncoder();

/** What keys are called in these tests. */
function named(keys: readonly Key[]): string[] {
  return keys.map((key) =>
    key.kind === "key" ? `<${key.name}>` : key.kind === "paste" ? `paste ${key.text}` : key.text
  );
}

/** The keys of what a terminal sends, byte after byte. */
function decoded(text: string): string[] {
  const decoder = new KeyDecoder();
  const keys = [...encoder.encode(text)].flatMap((byte) => decoder.feed(Uint8Array.of(byte)));
  return named([...keys, ...decoder.flush()]);
}

const sent: readonly [string, string, string[]][] = [
  ["letters of one to four bytes", "aä日👍", ["a", "ä", "日", "👍"]],
  ["arrows in both modes of a terminal", "\x1b[A\x1bOB\x1b[C\x1bOD", [
    "<up>",
    "<down>",
    "<right>",
    "<left>",
  ]],
  ["an arrow with a modifier", "\x1b[1;5A", ["<up>"]],
  ["pages, ends and delete", "\x1b[5~\x1b[6~\x1b[H\x1b[4~\x1b[3~", [
    "<pageup>",
    "<pagedown>",
    "<home>",
    "<end>",
    "<delete>",
  ]],
  ["Tab and Shift-Tab", "\t\x1b[Z", ["<tab>", "<backtab>"]],
  ["Enter, Ctrl-J and Alt-Enter", "\r\n\x1b\r", ["<enter>", "<newline>", "<newline>"]],
  ["Escape alone", "\x1b", ["<escape>"]],
  ["Escape before a letter", "\x1bx", ["<escape>", "x"]],
  ["Escape twice", "\x1b\x1b", ["<escape>", "<escape>"]],
  ["controls that have no meaning", "\x00\x01\x1c", []],
  ["a sequence that has none", "\x1b[15~\x1b[?1;2cx", ["x"]],
  ["a paste with line ends and sequences", "\x1b[200~a\r\nb\x1b[Ac\x1b[201~d", [
    "paste a\nb\x1b[Ac",
    "d",
  ]],
  ["a sequence that is longer than any", `\x1b[${"1;".repeat(400)}yx`, ["x"]],
  ["a sequence that breaks off", "\x1b[1\x1b[Bx", ["<escape>", "[", "1", "<down>", "x"]],
  ["half of a sequence", "x\x1b[1;", ["x"]],
];

for (const [what, text, keys] of sent) {
  Deno.test(`a terminal's bytes become keys, one at a time: ${what}`, () => {
    assert.deepEqual(decoded(text), keys);
    const decoder = new KeyDecoder();
    assert.deepEqual(named([...decoder.feed(encoder.encode(text)), ...decoder.flush()]), keys);
  });
}

Deno.test("what may be the beginning of a key waits for the rest of it, and a paste for its end", () => {
  const decoder = new KeyDecoder();
  assert.deepEqual(decoder.feed(encoder.encode("\x1b")), []);
  assert.equal(decoder.isWaiting, true);
  assert.deepEqual(named(decoder.feed(encoder.encode("[A"))), ["<up>"]);
  assert.equal(decoder.isWaiting, false);
  assert.deepEqual(decoder.feed(encoder.encode("\x1b[200~text")), []);
  assert.equal(decoder.isWaiting, false);
  assert.deepEqual(decoder.flush(), []);
  assert.deepEqual(named(decoder.feed(encoder.encode("\x1b[201~"))), ["paste text"]);
});

/** The text and the place of the cursor after these keys. */
function afterKeys(text: string, ...keys: Key[]): [string, number] {
  const prompt = keys.reduce(typed, promptOf("write", "To ann: ", text));
  return [promptText(prompt), prompt.at];
}

const key = (name: Extract<Key, { kind: "key" }>["name"]): Key => ({ kind: "key", name });
const letter = (text: string): Key => ({ kind: "letter", text });

Deno.test("a prompt is edited by signs as people see them", () => {
  assert.deepEqual(afterKeys("a👨‍👩‍👧", key("backspace")), ["a", 1]);
  assert.deepEqual(afterKeys("ae", letter("\u0301")), ["ae\u0301", 2]);
  assert.deepEqual(afterKeys("abc", key("left"), key("left"), key("delete")), ["ac", 1]);
  assert.deepEqual(afterKeys("abc", key("home"), letter("x"), key("end")), ["xabc", 4]);
  assert.deepEqual(afterKeys("one two ", key("clear-word")), ["one ", 4]);
  assert.deepEqual(afterKeys("one two", key("left"), key("clear-line")), ["o", 0]);
});

Deno.test("a text to send takes the lines of a paste, and what is looked for stays one line", () => {
  assert.deepEqual(afterKeys("", { kind: "paste", text: "a\nb" }, key("newline")), ["a\nb\n", 4]);
  const search = typed(promptOf("search", "Search: "), { kind: "paste", text: "a \n b" });
  assert.equal(promptText(typed(search, key("newline"))), "a b");
});
