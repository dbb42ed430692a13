import { limits } from "../../core/limits.ts";
import { watchLimits } from "./watch_limits.ts";

/** Keys that are no text. */
export type KeyName =
  | "up"
  | "down"
  | "left"
  | "right"
  | "home"
  | "end"
  | "pageup"
  | "pagedown"
  | "delete"
  | "backspace"
  | "enter"
  | "newline"
  | "tab"
  | "backtab"
  | "escape"
  | "interrupt"
  | "clear-line"
  | "clear-word"
  | "redraw";

/** What a person did: a key that is no text, a letter, or a text that was pasted as a whole. */
export type Key =
  | { readonly kind: "key"; readonly name: KeyName }
  | { readonly kind: "letter"; readonly text: string }
  | { readonly kind: "paste"; readonly text: string };

const controls: Readonly<Record<string, KeyName>> = {
  "\x03": "interrupt",
  "\x08": "backspace",
  "\x09": "tab",
  "\x0a": "newline",
  "\x0c": "redraw",
  "\x0d": "enter",
  "\x15": "clear-line",
  "\x17": "clear-word",
  "\x7f": "backspace",
};

/** By what follows `ESC [` or `ESC O`, without modifiers. */
const sequences: Readonly<Record<string, KeyName>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end",
  Z: "backtab",
  "1~": "home",
  "3~": "delete",
  "4~": "end",
  "5~": "pageup",
  "6~": "pagedown",
  "7~": "home",
  "8~": "end",
};

const pasteBegins = "\x1b[200~";
const pasteEnds = "\x1b[201~";
// deno-lint-ignore no-control-regex
const sequence = /^\x1b(?:\[([0-?]*)[ -/]*([@-~])|O([@-~]))/;
/** The beginning of one, so far. */
// deno-lint-ignore no-control-regex
const unfinished = /^\x1b(?:\[[0-?]*[ -/]*|O)?$/;

/**
 * Makes keys of the bytes that a terminal sends, which may end anywhere. A paste is one key, whatever is in
 * it: no line end in it presses Enter.
 */
export class KeyDecoder {
  readonly #decoder = new TextDecoder();
  #rest = "";

  /** True while what came last may be the beginning of something: `flush` makes keys of it. */
  get isWaiting(): boolean {
    return this.#rest !== "" && !this.#rest.startsWith(pasteBegins);
  }

  /** The keys that are complete with these bytes. */
  feed(bytes: Uint8Array): Key[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    const keys: Key[] = [];
    for (let key = this.#next(); key !== undefined; key = this.#next()) keys.push(...key);
    return keys;
  }

  /** Takes what is there as complete: nothing followed for a while. A lone ESC is the Escape key. */
  flush(): Key[] {
    if (!this.isWaiting) return [];
    const isEscape = this.#rest === "\x1b";
    this.#rest = "";
    return isEscape ? [{ kind: "key", name: "escape" }] : [];
  }

  /** The keys of what comes first, none for what has no meaning; undefined where it is not complete. */
  #next(): Key[] | undefined {
    const rest = this.#rest;
    if (rest === "") return undefined;
    if (rest.startsWith(pasteBegins)) return this.#pasted();
    if (rest[0] !== "\x1b") return this.#letter();
    const found = sequence.exec(rest);
    if (found !== null) return this.#named(found);
    if (!unfinished.test(rest)) return this.#escape();
    // What is longer than any key has no meaning: only its end matters.
    if (rest.length > watchLimits.keyBytes) this.#rest = rest.slice(0, 2);
    return undefined;
  }

  #pasted(): Key[] | undefined {
    const found = this.#rest.indexOf(pasteEnds);
    if (found === -1 && this.#rest.length < limits.textBytes) return undefined;
    // No message holds more than that: what goes beyond is no longer waited for.
    const end = found === -1 ? this.#rest.length : found;
    const text = this.#rest.slice(pasteBegins.length, end).replace(/\r\n?/g, "\n");
    this.#rest = this.#rest.slice(end + pasteEnds.length);
    return [{ kind: "paste", text }];
  }

  #letter(): Key[] {
    const sign = String.fromCodePoint(this.#rest.codePointAt(0)!);
    this.#rest = this.#rest.slice(sign.length);
    const name = controls[sign];
    return name === undefined ? letters(sign) : [{ kind: "key", name }];
  }

  #named(found: RegExpExecArray): Key[] {
    this.#rest = this.#rest.slice(found[0].length);
    const [, parameters = "", last, application] = found;
    if (/[<-?]/.test(parameters)) return []; // what a terminal tells of itself
    const name = sequences[last === "~" ? `${parameters.split(";")[0]}~` : last ?? application!];
    return name === undefined ? [] : [{ kind: "key", name }];
  }

  /** ESC before anything else: the Escape key, and then that. Alt and Enter is how texts get a new line. */
  #escape(): Key[] {
    const isNewline = this.#rest[1] === "\r" || this.#rest[1] === "\n";
    this.#rest = this.#rest.slice(isNewline ? 2 : 1);
    return [{ kind: "key", name: isNewline ? "newline" : "escape" }];
  }
}

/** What of `text` can be shown; other controls are no keys. */
function letters(text: string): Key[] {
  return [...text].filter((sign) => !/\p{Cc}/u.test(sign)).map((sign) => ({
    kind: "letter",
    text: sign,
  }));
}
