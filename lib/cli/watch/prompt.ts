import type { Key } from "./key_decoder.ts";

/** Where a text goes that is typed. */
export interface Address {
  readonly to: readonly string[];
  readonly replyTo?: number;
  /** What stands before the text. */
  readonly label: string;
}

/** What is typed into the line at the foot of the screen. */
export interface Prompt {
  /** What becomes of it: found, kept as a filter, or sent. */
  readonly kind: "search" | "filter" | "write";
  readonly label: string;
  /** Each a sign as people see them; the cursor stands before that at `at`. */
  readonly signs: readonly string[];
  readonly at: number;
  /** Where it goes, of what is sent. */
  readonly address?: Address;
}

const segmenter = new Intl.Segmenter();

/** A prompt that holds `text`, with the cursor behind it. */
export function promptOf(kind: Prompt["kind"], label: string, text = ""): Prompt {
  const signs = signsOf(text);
  return { kind, label, signs, at: signs.length };
}

/** The text in a prompt. */
export function promptText({ signs }: Prompt): string {
  return signs.join("");
}

/** The prompt after a key; the same one for a key that means nothing there, as Enter and Escape. */
export function typed(prompt: Prompt, key: Key): Prompt {
  if (key.kind !== "key") return inserted(prompt, key.text);
  const { signs, at } = prompt;
  switch (key.name) {
    case "newline":
      return prompt.kind === "write" ? inserted(prompt, "\n") : prompt;
    case "backspace":
      return at === 0 ? prompt : { ...prompt, signs: signs.toSpliced(at - 1, 1), at: at - 1 };
    case "delete":
      return { ...prompt, signs: signs.toSpliced(at, 1) };
    case "left":
      return { ...prompt, at: Math.max(0, at - 1) };
    case "right":
      return { ...prompt, at: Math.min(signs.length, at + 1) };
    case "home":
      return { ...prompt, at: 0 };
    case "end":
      return { ...prompt, at: signs.length };
    case "clear-line":
      return { ...prompt, signs: signs.slice(at), at: 0 };
    case "clear-word":
      return withoutWord(prompt);
    default:
      return prompt;
  }
}

/** What was typed is taken together with what stands around it: an accent joins the letter before. */
function inserted(prompt: Prompt, text: string): Prompt {
  const isOneLine = prompt.kind !== "write";
  const before = signsOf(
    prompt.signs.slice(0, prompt.at).join("") + (isOneLine ? text.replace(/\s*\n\s*/g, " ") : text),
  );
  return { ...prompt, signs: [...before, ...prompt.signs.slice(prompt.at)], at: before.length };
}

function withoutWord(prompt: Prompt): Prompt {
  const { signs, at } = prompt;
  let from = at;
  while (from > 0 && signs[from - 1]!.trim() === "") from -= 1;
  while (from > 0 && signs[from - 1]!.trim() !== "") from -= 1;
  return { ...prompt, signs: signs.toSpliced(from, at - from), at: from };
}

function signsOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
